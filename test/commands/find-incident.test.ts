import { describe, expect, it } from 'vitest';
import { splitAddress } from '../../src/commands/find-incident.ts';

describe('the address of an incident', () => {
  it.each([
    ['https://status.acme.test/incidents/i1', 'https://status.acme.test', 'i1'],
    ['status.acme.test/incidents/i1?x=1', 'status.acme.test', 'i1'],
    ['localhost:7007/minor/incidents/nonesuch', 'localhost:7007/minor', 'nonesuch'],
    ['[::1]:8080/incident/i1/', '[::1]:8080', 'i1'],
    ['ocistatus.oraclecloud.com/#/incidents/i1', 'ocistatus.oraclecloud.com', 'i1'],
  ])('%s is split, with a scheme or without', (word, target, text) => {
    expect(splitAddress(word, null)).toMatchObject({ target, wanted: { text, address: { whole: word } } });
  });

  it.each(['github', 'github/incidents/i1', 'https://status.acme.test', 'status.acme.test/incidents/unresolved.json'])(
    '%s is none',
    (word) => {
      expect(splitAddress(word, null)).toEqual({ target: word, wanted: null });
    },
  );
});
