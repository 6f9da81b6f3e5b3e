import type { Express, Router } from 'express';

/** The routes of the protocols as the OpenAPI document and the tests of them need to find them. */

interface Layer {
  readonly route?: { readonly path: string | string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: unknown;
}

const isRouter = (handle: unknown): handle is { readonly stack: readonly Layer[] } =>
  typeof handle === 'function' && Array.isArray((handle as { stack?: unknown }).stack);

/** A pattern of Express as the paths that it stands for. */
const special: Readonly<Record<string, readonly string[]>> = {
  'post /v1/models/:target': ['/v1/models/{name}:predict', '/v1/models/{name}:explain'],
  'get /v1/models/:target': ['/v1/models/{name}'],
  'post /v1/models/:name/versions/:target': [
    '/v1/models/{name}/versions/{version}:predict',
    '/v1/models/{name}/versions/{version}:explain',
  ],
  'get /v1/models/:name/versions/:target': ['/v1/models/{name}/versions/{version}'],
  'post /admin/models/:name/:change': ['load', 'reload', 'unload'].map((change) => `/admin/models/{name}/${change}`),
};

function pathsOf(method: string, pattern: string): readonly string[] {
  const optional = /\{([^}]*)\}/;
  const both = optional.test(pattern) ? [pattern.replace(optional, ''), pattern.replace(optional, '$1')] : [pattern];
  return special[`${method} ${pattern}`] ?? both.map((path) => path.replace(/:(\w+)/g, '{$1}'));
}

/** Every `method path` that is mounted, without those that only refuse. */
export function routesOf(app: Express | Router): string[] {
  const { stack } = ('router' in app ? app.router : app) as unknown as { stack: readonly Layer[] };
  const found = stack.flatMap(({ route, handle }): string[] => {
    if (route === undefined) return isRouter(handle) ? routesOf(handle as unknown as Router) : [];
    const methods = Object.keys(route.methods).filter((method) => ['get', 'post'].includes(method));
    return [route.path]
      .flat()
      .flatMap((pattern) => methods.flatMap((method) => pathsOf(method, pattern).map((path) => `${method} ${path}`)));
  });
  return [...new Set(found)].sort();
}
