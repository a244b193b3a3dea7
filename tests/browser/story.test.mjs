// Two stories from one end to the other, each with and without JavaScript: a customer disputes an order; a partner
// registers a deal that another partner must not learn of.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, signIn, startExample, violations } from './support.mjs';

const CUSTOMER = 'henrik.torres@wendford-group.example';
const OTHER_CUSTOMER = 'paul.dietrich@lundholt-group.example';
const AGENT = 'paolo.greco@acme.example';            // looks after the Wendford Group
const REP = 'carmen.moreau@wenddale-hydraulics.example';
const MANAGER = 'bruno.dietrich@wenddale-hydraulics.example';
const OTHER_MANAGER = 'johanna.seidel@ravfeld-process-engineering.example';

let example;
let browser;

before(async () => {
  [example, browser] = await Promise.all([startExample(), launch()]);
}, { timeout: 600_000 });

after(async () => {
  await browser?.close();
  await example?.stop();
});

const status = (page, text) => page.getByRole('status').getByText(text).waitFor();
const main = (page) => page.getByRole('main').innerText();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without';

  const as = async (email, portal) => {
    const page = await openPage(browser, { baseURL: example.base, javaScriptEnabled, bypassCSP: true });
    await signIn(page, example.link(email, portal));
    return page;
  };
  const clean = async (page) => javaScriptEnabled && assert.deepEqual(await violations(page), [], page.url());
  const leave = async (...pages) => {
    for (const page of pages) {
      assert.deepEqual(page.trouble, []);
      await page.context().close();
    }
  };

  test(`a customer disputes an order, an agent answers, the customer closes the case, ${how} JavaScript`, async () => {
    const [customer, agent, stranger] = [await as(CUSTOMER, 'support'), await as(AGENT, 'support'), await as(OTHER_CUSTOMER, 'support')];
    await customer.goto('/support/order');
    await customer.locator('tbody tr').first().getByRole('rowheader').getByRole('link').click();
    const order = await customer.getByRole('heading', { level: 1 }).innerText();
    const subject = `Order ${order}: two pumps are missing (${how})`;
    await customer.goto('/support/case/new');
    await customer.getByLabel('Subject').fill(subject);
    await customer.getByLabel('Description').fill('The note says six, the crate held four.');
    await customer.getByLabel('Category').selectOption({ label: 'Delivery' });
    await customer.getByLabel('Priority').selectOption({ label: 'High' });
    await customer.getByRole('button', { name: 'Create case' }).click();
    await status(customer, 'The case has been created.');
    const address = new URL(customer.url()).pathname;

    // The agent finds it among the newest cases, takes it on and answers; a note to colleagues stays with them.
    await agent.goto('/support/case');
    await agent.getByRole('searchbox').fill(order);
    await agent.getByRole('button', { name: 'Search' }).click();
    await agent.getByRole('link', { name: subject }).click();
    await agent.getByRole('button', { name: 'Open' }).click();
    await agent.getByRole('main').getByText('Open', { exact: true }).first().waitFor();
    for (const [visibility, body] of [['Internal', 'The warehouse counted wrong again.'], ['Public', 'Two more leave today.']]) {
      await agent.getByLabel('Body').fill(body);
      await agent.getByLabel('Visibility').selectOption({ label: visibility });
      await agent.getByRole('button', { name: 'Add comment' }).click();
      await status(agent, 'The comment has been created.');
    }
    await clean(agent);

    await customer.goto(address);
    const seen = await main(customer);
    assert.match(seen, /Two more leave today\./);
    assert.doesNotMatch(seen, /warehouse/);
    await clean(customer);
    await customer.getByRole('button', { name: 'Close' }).click();
    await customer.getByRole('heading', { name: 'Close this case?' }).waitFor();
    await clean(customer);
    await customer.getByRole('button', { name: 'Close' }).click();
    await customer.getByRole('main').getByText('Closed').first().waitFor();
    assert.equal(await customer.getByRole('button', { name: 'Close' }).count(), 0);
    await agent.goto(address);
    assert.match(await main(agent), /Closed/);

    // To another company it never was.
    assert.equal((await stranger.goto(address)).status(), 404);
    await stranger.goto(`/support/case?q=${encodeURIComponent(order)}`);
    assert.doesNotMatch(await main(stranger), /two pumps/);
    await leave(customer, agent, stranger);
  });

  const register = async (page, amount, customer) => {
    await page.goto('/partners/deal/new');
    for (const [label, text] of [['Customer', customer], ['City', 'Bern'], ['Product family', 'Pumps'], ['Amount', amount]]) {
      await page.getByLabel(label, { exact: true }).fill(text);
    }
    await page.getByRole('button', { name: 'Create deal' }).click();
  };

  test(`a deal is registered and approved, and another partner learns nothing of it, ${how} JavaScript`, async () => {
    const [rep, manager, other] = [await as(REP, 'partners'), await as(MANAGER, 'partners'), await as(OTHER_MANAGER, 'partners')];
    const prospect = `Brunnwald Papier AG ${how}`;
    await register(rep, '48000', prospect);
    await status(rep, 'The deal has been created.');
    const address = new URL(rep.url()).pathname;
    await rep.getByRole('button', { name: 'Submit' }).click();
    await rep.getByRole('main').getByText('Submitted').first().waitFor();
    assert.equal(await rep.getByRole('button', { name: 'Approve' }).count(), 0);

    await manager.goto(address);
    await clean(manager);
    await manager.getByRole('button', { name: 'Approve' }).click();
    await manager.getByRole('main').getByText('Approved').first().waitFor();
    await rep.goto(address);
    assert.match(await main(rep), /Approved/);

    // The other partner: neither the row, nor a trace of it, nor what registering the same customer would say.
    const nowhere = await other.goto('/partners/deal/999999');
    const said = [nowhere.status(), (await main(other)).replaceAll('999999', '')];
    const hidden = await other.goto(address);
    assert.deepEqual([hidden.status(), (await main(other)).replaceAll(address.split('/').at(-1), '')], said);
    await other.goto(`/partners/deal?q=${encodeURIComponent(prospect)}`);
    assert.equal(await other.locator('main .row-link').count(), 0);
    const pages = [];
    for (const customer of [prospect, `Nobody knows ${how} AG`]) {
      await register(other, '52000', customer);
      await status(other, 'The deal has been created.');
      const made = new URL(other.url()).pathname.split('/').at(-1);
      const number = await other.getByRole('heading', { level: 1 }).innerText();
      const text = (await main(other)).replaceAll(customer, 'PROSPECT').replaceAll(number, 'NUMBER').replaceAll(made, 'ID');
      pages.push(text.replaceAll(/D-\d+/g, 'NUMBER').replaceAll(/\d\d:\d\d/g, 'TIME'));
      await other.getByRole('button', { name: 'Submit' }).click();
      await other.getByRole('main').getByText('Submitted').first().waitFor();
    }
    assert.equal(pages[0], pages[1], 'a customer that somebody else has registered is like any other');
    await other.goto('/partners/');
    assert.doesNotMatch(await main(other), /Wenddale/);
    await leave(rep, manager, other);
  });

  test(`the business says no in its own words, without names of tables, ${how} JavaScript`, async () => {
    const rep = await as(REP, 'partners');
    await register(rep, '6000000', 'Brunn AG');
    await rep.getByRole('alert').getByText('A deal of this size is agreed with your channel manager first.').waitFor();
    assert.match(await rep.title(), /^Error: /);
    assert.equal(await rep.getByLabel('Amount', { exact: true }).inputValue(), '6000000');
    await register(rep, '-1', 'Brunn AG');
    await rep.getByRole('alert').waitFor();
    assert.match(await rep.getByRole('alert').innerText(), /Amount: This value is not possible here\./);
    const page = await rep.content();
    for (const name of ['crm.', 'deals_amount_check', 'violates', 'constraint', 'P0001', '23514']) {
      assert.ok(!page.includes(name), `the page says ${name}`);
    }
    await clean(rep);
    await leave(rep);
  });
}
