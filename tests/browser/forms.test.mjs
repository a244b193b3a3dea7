// Forms and buttons in a real browser, with and without JavaScript.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch, openPage, signIn, startExample, violations } from './support.mjs';

const ADMIN = 'henrik.torres@wendford-group.example';
let example;
let browser;

before(async () => {
  [example, browser] = await Promise.all([startExample(), launch()]);
}, { timeout: 600_000 });

after(async () => {
  await browser?.close();
  await example?.stop();
});

async function signedIn(options = {}, link = example.link(ADMIN, 'support')) {
  const page = await openPage(browser, { baseURL: example.base, ...options });
  await signIn(page, link);
  return page;
}

async function fill(page, subject) {
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('Description').fill('The first line.\nThe second.');
  await page.getByLabel('Category').selectOption({ label: 'Fault' });
  await page.getByLabel('Priority').selectOption({ label: 'Normal' });
}

for (const javaScriptEnabled of [true, false]) {
  test(`a case is opened, talked about, changed, closed ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const page = await signedIn({ javaScriptEnabled });
    await page.goto('/support/case');
    await page.getByRole('link', { name: 'New case' }).click();
    await fill(page, 'Pump 7 leaks');
    await page.getByRole('button', { name: 'Create case' }).click();
    await page.getByRole('status').getByText('The case has been created.').waitFor();
    await page.getByLabel('Body').fill('It leaks at the flange.');
    await page.getByRole('button', { name: 'Add comment' }).click();
    await page.getByRole('status').getByText('The comment has been created.').waitFor();
    await page.getByRole('region', { name: 'Comments' }).getByText('It leaks at the flange.').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Edit' }).click();
    assert.equal(await page.getByLabel('Description').inputValue(), 'The first line.\nThe second.');
    await page.getByLabel('Priority').selectOption({ label: 'Urgent' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('status').getByText('The case has been changed.').waitFor();
    await page.getByRole('main').getByText('Urgent').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    // The last step asks once more.
    await page.getByRole('heading', { name: 'Close this case?' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('main').getByText('Closed').first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
}

for (const javaScriptEnabled of [true, false]) {
  test(`a file is attached, fetched and removed ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const page = await signedIn({ javaScriptEnabled, bypassCSP: true });
    await page.goto('/support/case/new');
    await fill(page, 'With a file');
    await page.getByRole('button', { name: 'Create case' }).click();
    await page.getByRole('status').waitFor();
    const attach = async (name, buffer) => {
      await page.getByLabel('File', { exact: true }).setInputFiles({ name, mimeType: 'image/png', buffer });
      await page.getByRole('button', { name: 'Attach file' }).click();
    };
    await attach('page.png', Buffer.from('<!doctype html><script>alert(1)</script>'));
    await page.getByRole('alert').getByText('No file was attached').waitFor();
    assert.match(await page.title(), /^Error: /);
    assert.match(await page.getByLabel('File', { exact: true }).getAttribute('aria-describedby'), /problem/);
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
    const pdf = Buffer.from('%PDF-1.7\n% of the pump');
    await attach('Pumpe 7 \u00dcbersicht.pdf', pdf);
    await page.getByRole('status').getByText('The file has been attached to the case.').waitFor();
    const link = page.getByRole('link', { name: 'Pumpe 7 \u00dcbersicht.pdf', exact: true });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.equal(download.suggestedFilename(), 'Pumpe 7 \u00dcbersicht.pdf');
    assert.deepEqual(await readFile(await download.path()), pdf);
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    await attach('dot.png', png);
    await page.getByRole('status').getByText('The file has been attached').waitFor();
    const record = page.url();
    await page.getByRole('link', { name: 'dot.png', exact: true }).click();
    assert.equal(await page.locator('img').count(), 1, 'a picture is shown where it is');
    await page.goto(record);
    await page.getByRole('link', { name: /Remove dot.png/ }).click();
    await page.getByRole('button', { name: 'Delete file' }).click();
    await page.getByRole('status').getByText('The file has been removed from the case.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'dot.png', exact: true }).count(), 0);
    assert.equal(await page.getByText('attached a file to this case').count(), 2);
    await page.context().close();
  });
}

test('a mistake is said first, has the focus and leads to its field', async () => {
  const page = await signedIn();
  await page.goto('/support/case/new');
  await fill(page, 'Pump');
  // The browser itself would stop this; not every browser does.
  await page.locator('form.form').evaluate((form) => { form.noValidate = true; });
  await page.getByLabel('Subject').fill('   ');
  await page.getByRole('button', { name: 'Create case' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id || document.querySelector(':target').id), 'v-subject');
  assert.equal(await page.getByLabel('Description').inputValue(), 'The first line.\nThe second.');
  assert.match(await page.getByLabel('Subject').getAttribute('aria-describedby'), /problem/);
  await page.context().close();
});

test('what was written is kept over the end of the session', async () => {
  const page = await signedIn({ javaScriptEnabled: false });
  await page.goto('/support/case/new');
  await fill(page, 'Kept "well"');
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create case' }).click();
  await page.getByRole('heading', { level: 1, name: 'Your session has ended' }).waitFor();
  const other = await page.context().newPage();
  await signIn(other, example.link(ADMIN, 'support'));
  assert.notDeepEqual(await page.context().cookies(), cookies);
  await page.getByRole('button', { name: 'Continue' }).click();
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Kept "well"');
  await page.getByRole('button', { name: 'Create case' }).click();
  await page.getByRole('heading', { level: 1, name: 'Kept "well"' }).waitFor();
  await page.context().close();
});

test('two people who changed the same see both and decide', async () => {
  const [one, two] = [await signedIn(), await signedIn()];
  await one.goto('/support/case/new');
  await fill(one, 'Shared');
  await one.getByRole('button', { name: 'Create case' }).click();
  await one.getByRole('status').waitFor();
  const address = one.url();
  for (const page of [one, two]) await page.goto(`${address}/edit`);
  await one.getByLabel('Subject').fill('From one');
  await one.getByRole('button', { name: 'Save changes' }).click();
  await one.getByRole('status').waitFor();
  await two.getByLabel('Subject').fill('From two');
  await two.getByRole('button', { name: 'Save changes' }).click();
  await two.getByRole('heading', { level: 1, name: 'Somebody else changed this case' }).waitFor();
  await two.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
  assert.deepEqual(await violations(two), []);
  await two.getByRole('group', { name: 'Subject' }).getByLabel('Yours').check();
  await two.getByRole('button', { name: 'Save' }).click();
  await two.getByRole('heading', { level: 1, name: 'From two' }).waitFor();
  await one.context().close();
  await two.context().close();
});

test('a draft is deleted after one has said so twice', async () => {
  const page = await signedIn({ bypassCSP: true }, example.links['partners/rep']);
  await page.goto('/partners/deal/new');
  for (const [label, text] of [['Customer', 'Brunn AG'], ['City', 'Bern'], ['Product family', 'Pumps'], ['Amount', '1200.50']]) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
  await page.getByRole('button', { name: 'Create deal' }).click();
  await page.getByRole('status').getByText('The deal has been created.').waitFor();
  const address = page.url();
  await page.getByRole('main').getByRole('link', { name: 'Delete' }).click();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Delete deal' }).click();
  await page.getByRole('status').getByText('The deal has been deleted.').waitFor();
  assert.equal((await page.goto(address)).status(), 404);
  await page.context().close();
});

test('the list is a file, within its limit', async () => {
  const page = await signedIn();
  await page.goto('/support/case');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Export/ }).click()]);
  assert.equal(download.suggestedFilename(), 'case.csv');
  await page.context().close();
});

test('every page of a form is clean to axe, narrow and wide, in light and dark, and large enough to hit', { timeout: 600_000 }, async () => {
  const person = await signedIn();
  await person.goto('/support/case/new');
  await fill(person, 'Looked at from all sides');
  await person.getByRole('button', { name: 'Create case' }).click();
  await person.getByRole('status').waitFor();
  const record = new URL(person.url()).pathname;
  await person.goto(`${record}/edit`);
  await person.getByLabel('Priority').selectOption({ label: 'Urgent' });
  await person.getByRole('button', { name: 'Save changes' }).click();
  await person.getByRole('status').waitFor();
  for (const name of ['A plan of the pump with a name that is rather long, as names of files are.pdf', 'pump.pdf']) {
    await person.getByLabel('File', { exact: true }).setInputFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 x') });
    await person.getByRole('button', { name: 'Attach file' }).click();
    await person.getByRole('status').getByText('The file has been attached').waitFor();
  }
  const storageState = await person.context().storageState();
  await person.context().close();
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
      const page = await openPage(browser, { baseURL: example.base, storageState, colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      const look = async (where) => {
        assert.deepEqual(await violations(page), [], `${where} at ${width} px, ${colorScheme}`);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(beyond <= 0, `${where} at ${width} px is ${beyond} px too wide`);
        const small = await page.evaluate(() => [...document.querySelectorAll('main :is(button, select, input:not([type=hidden], [type=checkbox], [type=radio]), textarea, .button, .problems a)')]
          .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html));
        assert.deepEqual(small, [], where);
      };
      for (const address of ['/support/case', '/support/case/new', record, `${record}/edit`, '/support/activity']) {
        await page.goto(address);
        await look(address);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${address.replaceAll('/', '_')}-${width}-${colorScheme}.png`, fullPage: true });
      }
      await page.goto('/support/case/new');
      await page.locator('form.form').evaluate((form) => { form.noValidate = true; });
      await page.getByRole('button', { name: 'Create case' }).click();
      await page.getByRole('alert').waitFor();
      await look('a form with mistakes');
      await page.context().clearCookies();
      await page.locator('form.form').evaluate((form) => { form.noValidate = true; });
      await page.getByRole('button', { name: 'Create case' }).click();
      await page.getByRole('heading', { level: 1, name: 'Your session has ended' }).waitFor();
      await look('a session that has ended');
      await page.context().close();
    }
  }
});
