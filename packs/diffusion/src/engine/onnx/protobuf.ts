/** As much of the protobuf encoding as ONNX files need: fields of whole numbers, floats, bytes and messages, in order. */
const VARINT = 0;
const BYTES = 2;
const FIXED_32 = 5;

export class ProtoWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** The bytes so far. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A whole number of up to 2^53, or a negative one, which takes ten bytes. */
  int(field: number, value: number): this {
    this.#tag(field, VARINT);
    return this.#varint(BigInt.asUintN(64, BigInt(value)));
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED_32);
    this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#tag(field, BYTES);
    this.#varint(BigInt(bytes.length));
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  text(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  message(field: number, write: (message: ProtoWriter) => void): this {
    const message = new ProtoWriter();
    write(message);
    return this.bytes(field, message.finish());
  }

  #tag(field: number, kind: number): void {
    this.#varint(BigInt((field << 3) | kind));
  }

  #varint(value: bigint): this {
    this.#reserve(10);
    let rest = value;
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    this.#bytes[this.#length++] = Number(rest);
    return this;
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
