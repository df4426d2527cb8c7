// A person's browser, as far as a login needs one: a cookie jar, redirects, and forms that are filled and sent.

const MOST_PAGES = 30;

export class Browser {
  #cookies = new Map();
  #answers;

  // `answers` says what the person types or presses, by the name of the field.
  constructor(answers) {
    this.#answers = answers;
  }

  // Opens an address and goes on, through redirects and forms, until the address starts with `goal`, which is never
  // asked for: it belongs to the application. Gives that address, and how many pages with a form were on the way.
  async go(start, goal) {
    let request = { url: new URL(start), method: 'GET', body: undefined };
    let forms = 0;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      if (request.url.href.startsWith(goal)) return { url: request.url, forms };
      const response = await this.#send(request);
      const location = response.headers.get('location');
      if ([302, 303].includes(response.status) && location) {
        request = { url: new URL(location, request.url), method: 'GET', body: undefined };
        continue;
      }
      const text = await response.text();
      if (response.status !== 200) {
        throw new Error(`${request.method} ${request.url}: ${response.status}: ${plain(text)}`);
      }
      request = this.#fill(text, request.url);
      forms += 1;
    }
    throw new Error('the login leads from page to page without end');
  }

  async #send({ url, method, body }) {
    const cookies = [...(this.#cookies.get(url.hostname) ?? [])].map(([name, value]) => `${name}=${value}`);
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: cookies.length > 0 ? { cookie: cookies.join('; ') } : {},
    });
    for (const header of response.headers.getSetCookie()) this.#keep(url.hostname, header);
    return response;
  }

  #keep(host, header) {
    const [pair, ...attributes] = header.split(';').map((part) => part.trim());
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (!this.#cookies.has(host)) this.#cookies.set(host, new Map());
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.#cookies.get(host).delete(name);
    else this.#cookies.get(host).set(name, value);
  }

  // The page's first form that posts, with what the person answers. Of several buttons the first is pressed.
  #fill(html, base) {
    const form = [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].find(([, tag]) => /\bmethod="post"/i.test(tag));
    if (!form) throw new Error(`no form to go on with at ${base}: ${plain(html)}`);
    const body = new URLSearchParams();
    for (const [, tag] of form[2].matchAll(/<(input\b[^>]*)>/g)) {
      const name = attribute(tag, 'name');
      const ticks = attribute(tag, 'type') === 'checkbox';
      if (name && (!ticks || /\schecked\b/.test(tag))) {
        body.append(name, this.#answers[name] ?? attribute(tag, 'value') ?? (ticks ? 'on' : ''));
      }
    }
    for (const [, tag, options] of form[2].matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)) {
      const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option]) => option);
      const chosen = all.find((option) => /\sselected\b/.test(option)) ?? all[0];
      body.append(attribute(tag, 'name'), this.#answers[attribute(tag, 'name')] ?? attribute(chosen, 'value'));
    }
    const button = /<button\b([^>]*\bname="[^>]*)>/.exec(form[2]);
    if (button) body.append(attribute(button[1], 'name'), attribute(button[1], 'value') ?? '');
    return { url: new URL(attribute(form[1], 'action') ?? '', base), method: 'POST', body };
  }
}

function attribute(tag, name) {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag);
  return found ? unescaped(found[1]) : undefined;
}

function unescaped(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    name ? (named[name] ?? whole) : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)));
}

// What a page says, for the message of a failure.
function plain(html) {
  return unescaped(html.replace(/<(style|script)\b.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim().slice(0, 600);
}
