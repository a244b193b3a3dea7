// What every browser test needs: the running example, a browser, a person signed in, axe.

import { spawn, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const portalctl = process.env.PORTALCTL ?? join(root, 'target/debug/portalctl');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `portalctl up` on a copy of the example: its base address, links by persona, and how to end it. */
export async function startExample() {
  const folder = mkdtempSync(join(tmpdir(), 'portalctl-browser-'));
  const project = join(folder, 'acme');
  const made = (path) => !['.portalctl', 'site'].includes(path.slice(join(root, 'examples/acme').length + 1).split('/')[0]);
  cpSync(join(root, 'examples/acme'), project, { recursive: true, filter: made });
  const up = spawn(portalctl, ['up', project, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  up.stderr.on('data', (text) => { errors = (errors + text).slice(-20000); });
  const ended = new Promise((resolve) => up.once('exit', resolve));
  const base = await new Promise((resolve, reject) => {
    up.once('error', reject);
    up.once('exit', (code) => reject(new Error(`portalctl up ended with ${code}:\n${errors}`)));
    up.stdout.on('data', (text) => {
      said += text;
      const serving = said.match(/^Serving on (http:\/\/\S+)/m);
      if (serving) resolve(serving[1].replace(/\/$/, ''));
    });
  });
  const links = {};
  for (const [, persona, link] of said.matchAll(/^(\S+\/\S+)\s+(http\S+)/gm)) links[persona] = link;
  return {
    base,
    links,
    /** A fresh link for somebody. */
    link(email, portal) {
      const printed = execFileSync(portalctl, ['-C', project, 'user', 'link', email, '--portal', portal], { encoding: 'utf8' });
      const link = printed.match(/https?:\/\/\S+/)[0];
      return `${base}/${portal}/sign-in${new URL(link).search}`;
    },
    errors: () => errors,
    async stop() {
      up.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A page that notes everything a visitor would not want: console errors, failed and foreign requests. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.trouble = [];
  page.on('console', (message) => {
    // Chromium itself writes one for every status over 399; pages that have one are asked for on purpose.
    const status = /Failed to load resource: the server responded with a status of/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !status) page.trouble.push(message.text());
  });
  page.on('pageerror', (error) => page.trouble.push(String(error)));
  page.on('request', (request) => {
    if (options.baseURL && !request.url().startsWith(options.baseURL)) page.trouble.push(`foreign request ${request.url()}`);
  });
  return page;
}

/** Follows a sign-in link and presses its button. */
export async function signIn(page, link) {
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: /Welcome/ }).waitFor();
}

/** What axe finds on the page as it stands. The policy of the site forbids scripts, so axe comes in from outside it. */
export async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document));
  return result.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
}
