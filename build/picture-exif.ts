const GPS_INFO = 0x88_25;

/** True when EXIF has a GPS directory with anything in it (EXIF 2.32, section 4.6.3: tag 34853 of the first directory). */
export function hasPlace(exif: Buffer | undefined): boolean {
  if (!exif) return false;
  const start = exif.subarray(0, 4).toString('latin1') === 'Exif' ? 6 : 0;
  const tiff = exif.subarray(start);
  const order = tiff.subarray(0, 2).toString('latin1');
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return false;
  const little = order === 'II';
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const long = (at: number): number =>
    at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at);
  const directory = long(4);
  for (let index = 0; index < short(directory); index += 1) {
    const entry = directory + 2 + index * 12;
    if (short(entry) === GPS_INFO) return short(long(entry + 8)) > 0;
  }
  return false;
}
