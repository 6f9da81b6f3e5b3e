/**
 * Imported before onnxruntime-node, which on Linux otherwise looks up a host of its maker's and writes files to the home
 * and the temporary folder. Whoever wants that sets the variable.
 */
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
