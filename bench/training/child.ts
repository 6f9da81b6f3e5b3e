import { parseArgs } from 'node:util';
import { SennError } from '../../core/errors.ts';
import type { BackendName } from '../../training/backends/index.ts';
import { createStepper, type Stepper } from './ours.ts';
import type { Estimator, Report, Schedule, Task, Training } from './protocol.ts';

/** The program that times this project's own training, in a process of its own: see `protocol.ts`. */

function timed(step: () => void): number {
  const start = performance.now();
  step();
  return performance.now() - start;
}

function measure(stepper: Stepper, task: Task): Report {
  const { parameters, runtime, device } = stepper;
  const steps = (count: number) => Array.from({ length: count }, () => timed(stepper.step));
  if (task.kind === 'steps') {
    steps(task.warmUp);
    return { kind: 'steps', parameters, runtime, device, stepMilliseconds: steps(task.steps) };
  }
  let [milliseconds, stepsTaken, accuracy] = [0, 0, 0];
  while (accuracy < task.target && stepsTaken < task.maxSteps) {
    const count = Math.min(task.evaluateEvery, task.maxSteps - stepsTaken);
    milliseconds += steps(count).reduce((sum, time) => sum + time, 0);
    stepsTaken += count;
    accuracy = stepper.accuracy();
  }
  return { kind: 'accuracy', parameters, runtime, device, seconds: milliseconds / 1000, accuracy, stepsTaken };
}

/** The flags that `flagsOf` writes, and the lane. */
function readFlags(): { backend: BackendName; estimator: Estimator; task: Task; training: Training } {
  const names = ['steps', 'warm-up', 'until-accuracy', 'evaluate-every', 'max-steps'] as const;
  const training = ['batch', 'lr', 'robustness', 'seed'] as const;
  const options = Object.fromEntries(
    [...names, ...training, 'schedule', 'backend', 'estimator'].map((name) => [name, { type: 'string' as const }]),
  );
  const { values } = parseArgs({ options });
  const figure = (name: (typeof names | typeof training)[number]) => Number(values[name]);
  return {
    backend: values['backend'] as BackendName,
    estimator: values['estimator'] as Estimator,
    task:
      values['steps'] === undefined
        ? {
            kind: 'accuracy',
            target: figure('until-accuracy'),
            evaluateEvery: figure('evaluate-every'),
            maxSteps: figure('max-steps'),
            schedule: values['schedule'] as Schedule,
          }
        : { kind: 'steps', steps: figure('steps'), warmUp: figure('warm-up') },
    training: {
      batch: figure('batch'),
      learningRate: figure('lr'),
      robustness: figure('robustness'),
      seed: figure('seed'),
    },
  };
}

async function run(): Promise<Report> {
  const { backend, estimator, task, training } = readFlags();
  try {
    return measure(await createStepper(backend, estimator, training, task), task);
  } catch (error) {
    if (!(error instanceof SennError && error.code === 'missing_backend')) throw error;
    return { kind: 'missing', reason: error.message.split('\n').at(-1) as string };
  }
}

console.log(JSON.stringify(await run()));
