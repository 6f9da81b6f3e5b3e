import { writeWhole } from '../training/files.ts';
import { ensureBackend } from './backend.ts';
import { type ExportOptions, layersModelToOnnx } from './index.ts';
import { loadLayersModel } from './load-layers-model.ts';
import type { WrittenFile } from './write-model.ts';

/**
 * Any tfjs LayersModel on disk as one `.onnx` file, written as a whole or not at all.
 * @param modelJson path of the `model.json`
 * @throws missing_data | invalid_model | unsupported_layer | invalid_config | missing_backend
 */
export async function exportLayersModel(modelJson: string, file: string, options: ExportOptions): Promise<WrittenFile> {
  await ensureBackend();
  const model = await loadLayersModel(modelJson);
  try {
    const bytes = layersModelToOnnx(model, options);
    await writeWhole(file, bytes);
    return { file, bytes: bytes.length };
  } finally {
    model.dispose();
  }
}
