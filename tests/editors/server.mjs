// A language server as an editor runs it: over its standard input and output, with documents that are opened and changed.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

const PROGRAM = path.join(
  path.dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json')),
  'bin/yaml-language-server',
);

export const uriOf = (file) => pathToFileURL(file).href;

/** A server for a folder. Nothing comes from the network: the one schema is that which the documents name. */
export async function startServer(folder) {
  const child = spawn(process.execPath, [PROGRAM, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const diagnostics = new Map();
  const waiting = new Map();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics: found }) => {
    const told = waiting.get(uri);
    waiting.delete(uri);
    diagnostics.set(uri, found);
    told?.(found);
  });
  const settings = {
    yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false }, schemas: {} },
  };
  connection.onRequest('workspace/configuration', ({ items }) => items.map(({ section }) => settings[section] ?? null));
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const root = uriOf(folder);
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: root,
    workspaceFolders: [{ uri: root, name: 'project' }],
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: {
        completion: { completionItem: { documentationFormat: ['markdown'], snippetSupport: true } },
        hover: { contentFormat: ['markdown'] },
      },
    },
  });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings });

  const open = (file, text) => {
    const uri = uriOf(file);
    const found = new Promise((resolve) => waiting.set(uri, resolve));
    connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    return found;
  };
  const close = (file) => connection.sendNotification('textDocument/didClose', { textDocument: { uri: uriOf(file) } });
  const at = (method, file, position) =>
    connection.sendRequest(`textDocument/${method}`, { textDocument: { uri: uriOf(file) }, position });

  return {
    open,
    close,
    /** What is wrong with a document, as an editor underlines it. */
    async problems(file, text) {
      const found = await open(file, text);
      close(file);
      return found.map(({ message, range }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
    },
    async completions(file, position) {
      const found = await at('completion', file, position);
      return found.items ?? found;
    },
    hover: (file, position) => at('hover', file, position),
    async stop() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      connection.dispose();
      if (child.exitCode === null && child.signalCode === null) {
        await new Promise((resolve) => child.once('exit', resolve));
      }
    },
  };
}
