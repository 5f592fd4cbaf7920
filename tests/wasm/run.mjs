// SPDX-License-Identifier: Apache-2.0
//
// Runs a WASI program with one folder: node run.mjs PROGRAM.wasm MODELS
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [program, models] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [program], preopens: { '/models': models }, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exit(wasi.start(instance));
