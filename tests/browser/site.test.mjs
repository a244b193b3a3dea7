// The example's portals in a real browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, signIn, startExample, violations } from './support.mjs';

const ADMIN = 'henrik.torres@wendford-group.example';
const OTHER_ADMIN = 'paul.dietrich@lundholt-group.example';

let example;
let browser;

before(async () => {
  [example, browser] = await Promise.all([startExample(), launch()]);
}, { timeout: 600_000 });

after(async () => {
  await browser?.close();
  await example?.stop();
});

const open = (options) => openPage(browser, { baseURL: example.base, ...options });

async function signedIn(email = ADMIN, options = {}) {
  const page = await open(options);
  await signIn(page, example.link(email, 'support'));
  return page;
}

const rows = (page) => page.locator('main .row-link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));

test('somebody signs in with the printed link and walks from a list to a record and what belongs to it', async () => {
  const page = await open();
  await signIn(page, example.links['support/customer_admin']);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Orders' }).click();
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
  const first = page.locator('tbody tr').first();
  const number = await first.getByRole('rowheader').innerText();
  // The whole row leads to the record, not its name alone.
  await first.getByRole('cell').last().click({ force: true, position: { x: 3, y: 3 } });
  await page.getByRole('heading', { level: 1, name: number }).waitFor();
  await page.getByRole('region', { name: 'Lines' }).getByRole('link', { name: 'Line 1' }).click();
  // What has no title is headed by what it belongs to.
  await page.getByRole('heading', { level: 1, name: `Line of Order ${number}` }).waitFor();
  await page.getByRole('main').getByRole('link', { name: number }).click();
  await page.getByRole('heading', { level: 1, name: number }).waitFor();
  assert.deepEqual(page.trouble, []);
  await page.context().close();
});

test('a list is searched, filtered, sorted and paged, and its address keeps what was chosen', async () => {
  const page = await signedIn();
  await page.goto('/support/case');
  await page.getByRole('searchbox').fill('pump');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('Filter and sort').click();
  await page.getByLabel('Status').selectOption('closed');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('list', { name: 'Active filters' }).getByText('Status: Closed').waitFor();
  const subjects = await page.locator('tbody th').allInnerTexts();
  assert.ok(subjects.length > 0 && subjects.every((subject) => /pump/i.test(subject)), subjects.join('\n'));
  const found = await rows(page);
  await page.goto(page.url());
  assert.deepEqual(await rows(page), found);

  await page.getByRole('link', { name: 'Clear all' }).click();
  await page.getByRole('columnheader', { name: 'Number' }).getByRole('link').click();
  assert.equal(await page.getByRole('columnheader', { name: 'Number' }).getAttribute('aria-sort'), 'ascending');
  const one = await rows(page);
  await page.getByRole('link', { name: 'Next' }).click();
  const two = await rows(page);
  assert.equal(one.filter((row) => two.includes(row)).length, 0);
  await page.getByRole('link', { name: 'Previous' }).click();
  assert.deepEqual(await rows(page), one);
  await page.context().close();
});

test('every page is clean to axe, narrow and wide, in light and dark, and fits its screen', { timeout: 600_000 }, async () => {
  const person = await signedIn();
  await person.goto('/support/case');
  const [kase] = await rows(person);
  await person.goto('/support/order');
  const [order] = await rows(person);
  await person.goto('/support/account');
  const [account] = await rows(person);
  const storageState = await person.context().storageState();
  await person.context().close();
  const unused = example.link(ADMIN, 'support');
  const asPerson = ['/support/', '/support/case', '/support/case?f.status=closed&f.created_at.from=2026-01-01', '/support/case?q=zzzz', kase, order, account,
    '/support/invoice', '/support/article', '/support/pages/help', '/support/pages/accessibility', '/support/case/0', '/support/case?f.status=zzz'];
  const asNobody = ['/', '/support/', '/support/article', '/support/sign-in', '/support/sign-in?link=x', unused, '/support/sign-out',
    '/partners/sign-in', '/partners/pages/privacy', '/nowhere'];
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
      for (const [state, addresses] of [[storageState, asPerson], [undefined, asNobody]]) {
        const page = await open({ storageState: state, colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
        for (const address of addresses) {
          await page.goto(address);
          const where = `${address} at ${width} px, ${colorScheme}`;
          // Everything that opens, open.
          await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
          assert.deepEqual(await violations(page), [], where);
          const account = page.locator('[popovertarget="account"]');
          if (address === '/support/' && await account.count()) {
            await account.click();
            assert.deepEqual(await violations(page), [], `${where}, account menu`);
            await page.keyboard.press('Escape');
          }
          const menu = page.locator('[popovertarget="nav"]:visible');
          if (address === '/support/' && await menu.count()) {
            await menu.click();
            assert.deepEqual(await violations(page), [], `${where}, menu`);
          }
          const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(beyond <= 0, `${where} is ${beyond} px too wide`);
          assert.deepEqual(page.trouble, [], where);
        }
        await page.context().close();
      }
    }
  }
});

test('the keyboard alone is enough, and one sees where it is', async () => {
  const page = await open();
  await page.goto(example.link(ADMIN, 'support'));
  const press = async (key, times = 1) => { for (let i = 0; i < times; i += 1) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const tabTo = async (text) => {
    for (let i = 0; i < 60; i += 1) {
      await press('Tab');
      if ((await focused()).startsWith(text)) return;
    }
    assert.fail(`Tab never reaches ${text}`);
  };
  await tabTo('Sign in');
  await press('Enter');
  await page.getByRole('heading', { level: 1, name: /Welcome/ }).waitFor();
  await press('Tab');
  assert.equal(await focused(), 'Skip to content');
  await press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.goto('/support/case');
  const [, second] = await page.locator('tbody th').allInnerTexts();
  await tabTo(second);
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement, '::after').outlineStyle);
  assert.equal(ring, 'solid');
  await press('Enter');
  await page.getByRole('heading', { level: 1, name: second }).waitFor();
  await tabTo('HT');
  await press('Enter');
  await tabTo('Sign out');
  await press('Enter');
  await page.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
  await page.context().close();
});

test('what can be pressed is large enough to hit', async () => {
  const page = await signedIn(ADMIN, { viewport: { width: 360, height: 800 } });
  for (const address of ['/support/', '/support/case', '/support/pages/help']) {
    await page.goto(address);
    const small = await page.evaluate(() => [...document.querySelectorAll('button, select, input:not([type=hidden]), summary, nav a, footer a, .button, .chip')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(([html, box]) => `${html} ${box.width}×${box.height}`));
    assert.deepEqual(small, [], address);
  }
  await page.context().close();
});

test("another tenant's address shows nothing", async () => {
  const [one, other] = [await signedIn(ADMIN), await signedIn(OTHER_ADMIN)];
  for (const object of ['case', 'order', 'invoice', 'account']) {
    await other.goto(`/support/${object}`);
    const [theirs] = await rows(other);
    assert.equal((await other.goto(theirs)).status(), 200);
    const answer = await one.goto(theirs);
    assert.equal(answer.status(), 404, theirs);
    await one.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  }
  await one.context().close();
  await other.context().close();
});

test('a link works once', async () => {
  const link = example.link(ADMIN, 'support');
  const first = await open();
  await signIn(first, link);
  const second = await open();
  assert.equal((await second.goto(link)).status(), 410);
  await second.getByRole('alert').getByText('This link does not work').waitFor();
  assert.deepEqual(await second.context().cookies(), []);
  await first.context().close();
  await second.context().close();
});

test('signing out ends the session, also for whoever kept its cookie', async () => {
  const page = await signedIn();
  const kept = await page.context().storageState();
  assert.ok(kept.cookies.every((cookie) => cookie.httpOnly && cookie.sameSite === 'Lax'), JSON.stringify(kept.cookies));
  await page.locator('[popovertarget="account"]').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
  const thief = await open({ storageState: kept });
  await thief.goto('/support/case');
  assert.match(thief.url(), /\/support\/sign-in$/);
  await page.context().close();
  await thief.context().close();
});

test('no page weighs more than 50 KB with everything, and none needs a script', async () => {
  const person = await signedIn(ADMIN, { javaScriptEnabled: false });
  const storageState = await person.context().storageState();
  for (const address of ['/support/', '/support/case', '/support/sign-in', '/support/article']) {
    const page = await open({ storageState, javaScriptEnabled: false });
    const sizes = [];
    page.on('requestfinished', (request) => sizes.push(request.sizes().then((size) => [request.url(), size.responseBodySize + size.responseHeadersSize])));
    await page.goto(address, { waitUntil: 'networkidle' });
    const weights = await Promise.all(sizes);
    const total = weights.reduce((sum, [, bytes]) => sum + bytes, 0);
    assert.ok(total > 2000 && total < 50_000, `${address}: ${total} bytes: ${JSON.stringify(weights)}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  }
  await person.context().close();
});

test('printed, a record is the record and nothing around it', async () => {
  const page = await signedIn();
  await page.goto('/support/invoice');
  await page.goto((await rows(page))[0]);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('navigation', { name: 'Main' }).isVisible(), false);
  assert.equal(await page.locator('[popovertarget="account"]').isVisible(), false);
  assert.equal(await page.getByText('Amount').isVisible(), true);
  await page.context().close();
});
