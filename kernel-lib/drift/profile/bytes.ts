import { AssayerError } from "../../errors";

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 as zlib has it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Writes numbers and texts one after the other, little endian. */
export class ByteWriter {
  private bytes = new Uint8Array(1 << 14);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  u8(value: number): void {
    const start = this.reserve(1);
    this.view.setUint8(start, value);
  }

  u32(value: number): void {
    const start = this.reserve(4);
    this.view.setUint32(start, value, true);
  }

  f64(value: number): void {
    const start = this.reserve(8);
    this.view.setFloat64(start, value, true);
  }

  /** A whole number of 0 or more, seven bits to a byte. */
  count(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.u8((rest % 128) | 128);
    this.u8(rest);
  }

  raw(bytes: Uint8Array): void {
    const start = this.reserve(bytes.length);
    this.bytes.set(bytes, start);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.count(bytes.length);
    this.raw(bytes);
  }

  f64s(values: Float64Array): void {
    this.count(values.length);
    for (const value of values) this.f64(value);
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(size: number): number {
    const start = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return start;
  }
}

/** Reads what `ByteWriter` wrote; never beyond the end. */
export class ByteReader {
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly caller: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  count(): number {
    let [value, unit] = [0, 1];
    for (;;) {
      const byte = this.u8();
      value += (byte & 127) * unit;
      if (value > Number.MAX_SAFE_INTEGER) throw this.damaged();
      if (byte < 128) return value;
      unit *= 128;
    }
  }

  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.slice(start, start + length);
  }

  text(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.raw(this.count()));
  }

  f64s(): Float64Array {
    const length = this.count();
    const start = this.take(8 * length);
    return Float64Array.from({ length }, (_, i) => this.view.getFloat64(start + 8 * i, true));
  }

  get isDone(): boolean {
    return this.at === this.bytes.length;
  }

  damaged(): AssayerError {
    return new AssayerError(
      "invalid-profile",
      `${this.caller} requires the bytes of a profile; got damaged ones`,
    );
  }

  private take(size: number): number {
    if (this.at + size > this.bytes.length) throw this.damaged();
    const start = this.at;
    this.at += size;
    return start;
  }
}
