/** Whether the bytes of a field are one of the texts that stand for NULL. */
export function isNullMarker(
  markers: readonly Uint8Array[],
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const length = end - start;
  for (const marker of markers) {
    if (marker.length !== length) continue;
    let at = 0;
    while (at < length && bytes[start + at] === marker[at]) at++;
    if (at === length) return true;
  }
  return false;
}
