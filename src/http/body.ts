/** From the bytes of a reply to its text: content encodings off, then the character set. */
import { fail, type Place, sizeWords } from './failure.ts';

const MOST_ENCODINGS = 2;

/**
 * Takes the content encodings off. Throws FetchError `bad_encoding` for one we did not ask for, for more than two of
 * them and for broken data, `too_large` as soon as any layer grows beyond `maxBytes`.
 */
export async function decompress(body: Buffer, encodings: string, maxBytes: number, place: Place): Promise<Buffer> {
  if (encodings === '' || body.length === 0) return body;
  const layers = encodings
    .toLowerCase()
    .split(',')
    .map((layer) => layer.trim())
    .filter((layer) => layer !== '' && layer !== 'identity');
  if (layers.length === 0) return body;
  if (layers.length > MOST_ENCODINGS)
    throw fail(place, 'bad_encoding', `${place.host} packed its answer ${layers.length} times`);
  const zlib = await import('node:zlib');
  let bytes = body;
  for (const layer of layers.reverse()) bytes = await unpack(zlib, bytes, layer, maxBytes, place);
  return bytes;
}

type Zlib = typeof import('node:zlib');

function unpack(zlib: Zlib, bytes: Buffer, layer: string, maxBytes: number, place: Place): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: NodeJS.ErrnoException | null, result: Buffer): void => {
      if (!error) resolve(result);
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') reject(tooLarge(place, maxBytes));
      else reject(fail(place, 'bad_encoding', `the answer of ${place.host} is not the ${layer} it says it is`, error));
    };
    const options = { maxOutputLength: maxBytes };
    switch (layer) {
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzip(bytes, options, done);
      case 'br':
        return zlib.brotliDecompress(bytes, options, done);
      case 'deflate':
        // The name means zlib's format, but some servers send the bare stream that it wraps.
        return (bytes[0]! & 0x0f) === 0x08 ? zlib.inflate(bytes, options, done) : zlib.inflateRaw(bytes, options, done);
      default:
        return reject(
          fail(
            place,
            'bad_encoding',
            `${place.host} packed its answer as "${layer.slice(0, 20)}", which was not asked for`,
          ),
        );
    }
  });
}

/** The error of a reply beyond its limit. */
export function tooLarge(place: Place, maxBytes: number): Error {
  return fail(place, 'too_large', `the answer of ${place.host} is larger than ${sizeWords(maxBytes)}`);
}

/** UTF-16 by its byte-order mark, else the charset the content type names if Node knows it, else UTF-8; without the mark. */
export function toText(bytes: Buffer, contentType: string): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  return charset === 'utf-8' || charset === 'utf8' ? bytes.toString() : decode(bytes, charset);
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString();
  }
}
