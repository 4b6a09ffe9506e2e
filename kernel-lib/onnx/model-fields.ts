import { Reader, Writer } from "protobufjs/light";
import { AssayerError } from "../errors";
import { encodeModel, messages, type ModelProto } from "./schema";

const graphField = messages["ModelProto"]?.["graph"]?.[0] ?? 0;
const metadataField = messages["ModelProto"]?.["metadataProps"]?.[0] ?? 0;
const lengthDelimited = 2;

interface Field {
  number: number;
  /** Tag, length and content. */
  whole: Uint8Array;
  /** What a field of bytes, text or a message holds. */
  content: Uint8Array | undefined;
}

/** The fields of a message as they are on the wire, unread. */
function fieldsOf(message: Uint8Array): Field[] {
  const reader = Reader.create(message);
  const fields: Field[] = [];
  while (reader.pos < message.length) {
    const start = reader.pos;
    const tag = reader.tag();
    let content: Uint8Array | undefined;
    if ((tag & 7) === lengthDelimited) content = reader.bytes();
    else reader.skipType(tag & 7);
    fields.push({ number: tag >>> 3, whole: message.subarray(start, reader.pos), content });
  }
  return fields;
}

/**
 * A model with more in its lists: nodes, inputs and outputs of its graph, opsets, metadata. Nothing else of it is
 * read or written again, so that fields unknown here stay as they are.
 *
 * @param more lists alone
 * @throws AssayerError "invalid-model" for a model whose graph comes in parts
 */
export function extendModel(model: Uint8Array, more: ModelProto): Uint8Array {
  const added = fieldsOf(encodeModel(more));
  const isGraph = ({ number }: Field) => number === graphField;
  const addedGraph = added.find(isGraph)?.content ?? new Uint8Array();
  const fields = fieldsOf(model);
  if (fields.filter(isGraph).length !== 1)
    throw new AssayerError(
      "invalid-model",
      "extendModel requires a model with its graph in one part; got another",
    );
  const graph = (content: Uint8Array): Uint8Array =>
    Writer.create()
      .uint32((graphField << 3) | lengthDelimited)
      .bytes(Buffer.concat([content, addedGraph]))
      .finish();
  return Uint8Array.from(
    Buffer.concat([
      ...fields.map((field) =>
        isGraph(field) && field.content ? graph(field.content) : field.whole,
      ),
      ...added.filter((field) => !isGraph(field)).map(({ whole }) => whole),
    ]),
  );
}

/** What becomes of one field of a list: other content, or null where it is left out. `place` counts those of its name. */
type ChangeField = (name: string, place: number, content: Uint8Array) => Uint8Array | null;

/**
 * A model with fields of its own or of its graph left out or replaced. Nothing else is read or written again.
 *
 * @throws AssayerError "invalid-model" for a model that is cut off
 */
export function changeModel(
  model: Uint8Array,
  changes: { model?: ChangeField; graph?: ChangeField },
): Uint8Array {
  const same: ChangeField = (_, __, content) => content;
  const inModel = changes.model ?? same;
  const inGraph = changes.graph ?? same;
  return changed(model, "ModelProto", (name, place, content) => {
    const kept = inModel(name, place, content);
    return name === "graph" && kept ? changed(kept, "GraphProto", inGraph) : kept;
  });
}

function changed(bytes: Uint8Array, message: string, change: ChangeField): Uint8Array {
  const names = new Map(Object.entries(messages[message] ?? {}).map(([name, [id]]) => [id, name]));
  const places = new Map<number, number>();
  const parts = fieldsOf(bytes).map(({ number, whole, content }) => {
    const place = places.get(number) ?? 0;
    places.set(number, place + 1);
    if (content === undefined) return whole;
    const kept = change(names.get(number) ?? "", place, content);
    if (kept === content) return whole;
    if (kept === null) return new Uint8Array();
    return Writer.create()
      .uint32((number << 3) | lengthDelimited)
      .bytes(kept)
      .finish();
  });
  return Uint8Array.from(Buffer.concat(parts));
}

/** The texts that a model carries by name; the last one where a name is there twice. */
export function readMetadata(model: Uint8Array): Map<string, string> {
  const entries = fieldsOf(model).flatMap(({ number, content }) => {
    if (number !== metadataField || !content) return [];
    const texts = fieldsOf(content).map((field) => [field.number, decode(field.content)] as const);
    const byNumber = new Map(texts);
    return [[byNumber.get(1) ?? "", byNumber.get(2) ?? ""] as const];
  });
  return new Map(entries);
}

function decode(content: Uint8Array | undefined): string {
  return new TextDecoder().decode(content);
}
