/** UTF-8 in and out of linear memory. A codec is bound to one view and renewed with it. */
export interface TextCodec {
  /** Returns the number of bytes written. */
  encode(text: string, at: number): number;
  decode(start: number, end: number): string;
}

/** Node's Buffer is several times faster than TextEncoder and TextDecoder on short strings. */
export function createTextCodec(bytes: Uint8Array): TextCodec {
  return typeof Buffer === 'undefined' ? createPortableCodec(bytes) : createBufferCodec(bytes);
}

export function createBufferCodec(bytes: Uint8Array): TextCodec {
  const buffer = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  return {
    encode: (text, at) => buffer.write(text, at, 'utf8'),
    decode: (start, end) => buffer.toString('utf8', start, end),
  };
}

export function createPortableCodec(bytes: Uint8Array): TextCodec {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    encode: (text, at) => encoder.encodeInto(text, bytes.subarray(at)).written,
    decode: (start, end) => decoder.decode(bytes.subarray(start, end)),
  };
}
