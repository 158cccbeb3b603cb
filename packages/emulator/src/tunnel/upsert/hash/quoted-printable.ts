/**
 * Bytes as quoted-printable text, which is what binary keys are hashed as.
 *
 * protocol: MaxCompute Tunnel, upsert, hash functions: the Java client hashes the text that it shows for a binary value.
 */
export function quotedPrintable(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const plain = (byte >= 32 && byte <= 126 && byte !== 61) || byte === 9;
    text += plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}
