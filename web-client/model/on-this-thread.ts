import { askPredictor } from './ask.ts';
import type { RunningModel } from './model.ts';
import { type OpenOptions, openModel } from './open.ts';
import type { OperationArgs, OperationName } from './operations.ts';

/** A model on the page's own thread, where there can be no worker, or none is wanted. @throws as `openModel` */
export async function runOnThisThread(url: URL, options: OpenOptions): Promise<RunningModel> {
  const predictor = await openModel(url, options);
  return {
    manifest: predictor.manifest,
    executionProvider: predictor.executionProvider,
    thread: 'main',
    ask: async <Name extends OperationName>(name: Name, ...args: OperationArgs<Name>) =>
      (await askPredictor(predictor, name, args)) as never,
    close: () => predictor.close(),
  };
}
