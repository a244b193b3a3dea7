// The picture of the README, made anew from the example: the cases of a customer, as one of its people sees them.

import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { launch, openPage, signIn, startExample } from './support.mjs';

const [file] = process.argv.slice(2);
if (!file) throw new Error('name the file that the picture goes to');
// A picture on a page that everybody loads.
const LARGEST = 150_000;

const example = await startExample();
const browser = await launch();
try {
  const page = await openPage(browser, { baseURL: example.base, viewport: { width: 1280, height: 697 }, colorScheme: 'light', locale: 'en-GB', reducedMotion: 'reduce' });
  await signIn(page, example.links['support/customer_user']);
  await page.goto('/support/case');
  await page.getByRole('heading', { level: 1 }).waitFor();
  // No frame around a link or button that happens to have the focus.
  await page.evaluate(() => document.activeElement?.blur());
  mkdirSync(dirname(file), { recursive: true });
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  if (page.trouble.length > 0) throw new Error(page.trouble.join('\n'));
} finally {
  await browser.close();
  await example.stop();
}
const size = statSync(file).size;
if (size > LARGEST) throw new Error(`${file} is ${size} bytes, more than ${LARGEST}`);
