/** Which addresses a redirect may not lead to, and name look-ups that keep to that. */
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

// https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry, and multicast.
const PRIVATE_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
const PRIVATE_V6: readonly [string, number][] = [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

let blocked: BlockList | undefined;

/**
 * Whether an IP address, with or without brackets, is anything but a public unicast one. An IPv4 address that is wrapped
 * (IPv4-mapped, NAT64, 6to4) counts as itself. False for what is no IP address.
 */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return false;
  blocked ??= listPrivate();
  return blocked.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

function listPrivate(): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of PRIVATE_V6) list.addSubnet(net, prefix, 'ipv6');
  for (const [net, prefix] of PRIVATE_V4) {
    // Holds for the IPv4-mapped form as well.
    list.addSubnet(net, prefix, 'ipv4');
    list.addSubnet(`64:ff9b::${net}`, 96 + prefix, 'ipv6');
    list.addSubnet(`2002:${hexPairs(net)}::`, 16 + prefix, 'ipv6');
  }
  return list;
}

function hexPairs(address: string): string {
  const hex = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
}

/** A host that is private by its looks: a private address, or a name reserved for this machine. */
export function isPrivateHost(hostname: string): boolean {
  return isPrivateAddress(hostname) || /^(?:.+\.)?localhost\.?$/.test(hostname);
}

/** What a public-only look-up fails with; `code` tells it from a name that does not exist. */
export const PRIVATE_ADDRESS = 'PINGORU_PRIVATE_ADDRESS';

/**
 * A look-up for sockets that says which addresses it found before any is connected to. When `allow` refuses, the look-up
 * fails with `PRIVATE_ADDRESS`. As the socket connects to what was checked, a name that changes its mind gains nothing.
 */
export function checkedLookup(
  allow: (hostname: string, addresses: readonly LookupAddress[]) => readonly LookupAddress[],
  lookup: LookupFunction = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const allowed = [...allow(hostname, found as LookupAddress[])];
      const first = allowed[0];
      if (!first) return callback(Object.assign(new Error(`${hostname} is private`), { code: PRIVATE_ADDRESS }), []);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** Node's own, loaded at the first name: an address needs none. */
const systemLookup: LookupFunction = (hostname, options, callback) => {
  void import('node:dns').then((dns) => dns.lookup(hostname, options, callback as () => void));
};
