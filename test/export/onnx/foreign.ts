import protobuf from 'protobufjs/light.js';

/** ONNX files that no exporter of this project wrote, made byte by byte. */

const { Writer } = protobuf;
type Writer = protobuf.Writer;

/** Wire types of protobuf: a varint, and bytes with their length before them. */
const [VARINT, BYTES] = [0, 2];
const tag = (id: number, type: number) => id * 8 + type;

/** Messages by hand, field numbers from onnx.proto, so that no schema of this project is asked about itself. */
const text = (writer: Writer, id: number, value: string) => writer.uint32(tag(id, BYTES)).string(value);
const whole = (writer: Writer, id: number, value: number) => writer.uint32(tag(id, VARINT)).int64(value);
const inside = (writer: Writer, id: number, build: (inner: Writer) => unknown) => {
  writer.uint32(tag(id, BYTES)).fork();
  build(writer);
  return writer.ldelim();
};

const entry = (writer: Writer, id: number, key: string, value: string) =>
  inside(writer, id, (w) => {
    text(w, 1, key);
    text(w, 2, value);
  });

/** A model as another exporter may write it: see the test that reads it. */
export function encodeForeign(): Uint8Array {
  const w = Writer.create();
  whole(w, 1, 10);
  const identity = (inner: Writer) => {
    text(inner, 1, 'x');
    text(inner, 2, 'y');
    text(inner, 4, 'Identity');
  };
  inside(w, 7, (graph) => {
    inside(graph, 1, (node) => {
      text(node, 4, 'If');
      inside(node, 5, (attribute) => {
        text(attribute, 1, 'then_branch');
        inside(attribute, 6, (branch) => inside(branch, 1, identity));
        whole(attribute, 20, 5);
      });
    });
    // float16 as packed int32_data: 1 and 2.
    inside(graph, 5, (tensor) => {
      whole(tensor, 1, 2);
      whole(tensor, 2, 10);
      inside(tensor, 5, (data) => data.int32(0x3c00).int32(0x4000));
      text(tensor, 8, 'halves');
    });
    inside(graph, 5, (tensor) => {
      whole(tensor, 2, 7);
      inside(tensor, 7, (data) => data.int64(-1).int64(2));
      text(tensor, 8, 'longs');
    });
    inside(graph, 5, (tensor) => {
      whole(tensor, 2, 8);
      for (const word of ['a', 'é']) text(tensor, 6, word);
      text(tensor, 8, 'words');
    });
    inside(graph, 5, (tensor) => {
      whole(tensor, 1, 2);
      whole(tensor, 2, 1);
      text(tensor, 8, 'far');
      entry(tensor, 13, 'location', 'w.bin');
      entry(tensor, 13, 'offset', '4096');
      entry(tensor, 13, 'length', '8');
      whole(tensor, 14, 1);
    });
    for (const [id, name] of [
      [11, 'x'],
      // An initializer that is listed among the inputs, as before IR 4.
      [11, 'longs'],
      [12, 'y'],
    ] as const) {
      inside(graph, id, (value) => {
        text(value, 1, name);
        inside(value, 2, (type) =>
          inside(type, 1, (tensor) => {
            whole(tensor, 1, 10);
            inside(tensor, 2, (shape) => {
              inside(shape, 1, () => undefined);
              inside(shape, 1, (dim) => whole(dim, 1, 3));
            });
          }),
        );
      });
    }
  });
  for (const [domain, version] of [
    ['ai.onnx', 21],
    ['com.example', 1],
  ] as const) {
    inside(w, 8, (opset) => {
      text(opset, 1, domain);
      whole(opset, 2, version);
    });
  }
  return w.finish();
}
