/** ONNX operator sets that can be written. */
export const opsets = { min: 17, default: 18, max: 25 } as const;
