import { afterEach, describe, expect, it, vi } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import { countRequests } from '../../../serve/http/middleware/request-metrics.ts';
import { createMetrics } from '../../../serve/observe/metrics.ts';
import { appOf } from '../http/middleware/middleware-app.ts';

/** What the log leaves out: values that may be secrets, and the thousandth line of the same kind. */

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

describe('what the log does not say', () => {
  it('the values of parameters that nobody takes', async () => {
    const app = await appOf(() => {});
    cleanUps.push(app.close);
    await fetch(`${app.url}/predict/a?explain=none&api_key=secret&x=secret?secret&secret%5F=secret`);
    await vi.waitFor(() => expect(app.lines()).toHaveLength(1));
    expect(app.lines()[0]).toMatchObject({
      req: { url: '/predict/a?explain=none&api_key=[redacted]&x=[redacted]&secret%5F=[redacted]' },
    });
  });

  it('each of many requests that are refused: one a second, and how many', async () => {
    const metrics = createMetrics();
    const app = await appOf(
      (express) => {
        express.get('/full', () => {
          throw new SennError('unavailable', 'full');
        });
      },
      (express) => void express.use(countRequests(metrics)),
    );
    cleanUps.push(app.close);
    for (let i = 0; i < 30; i++) await (await fetch(`${app.url}/full`)).text();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await (await fetch(`${app.url}/full`)).text();
    await vi.waitFor(async () => expect(await metrics.text()).toMatch(/^senn_http_requests_refused_total 31$/m));
    const lines = app.lines();
    expect(lines.length).toBeLessThan(10);
    expect(lines.every(({ level, stack, err }) => level === 40 && stack === undefined && err === undefined)).toBe(true);
    expect(lines.reduce((sum, { refused }) => sum + Number(refused), 0)).toBe(31);
  });
});
