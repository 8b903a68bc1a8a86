import { keepOneAnswer, page, to, tryEach } from './doctor-breaks.ts';

tryEach([
  {
    name: 'a build of another origin is live',
    how: () => (asked, answer) =>
      asked.path.startsWith('/ap/') && asked.method === 'GET'
        ? { ...answer, body: answer.body.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://old.example') }
        : undefined,
    check: 'address.built-for',
    saw: /was built for https:\/\/old\.example/,
    next: /set `origin|Set `origin/,
  },
  {
    name: 'a file answers WebFinger for everybody',
    how: () => keepOneAnswer(({ path }) => path.startsWith('/.well-known/webfinger?resource=acct:')),
    check: 'functions.webfinger',
    saw: /404 → |200 for a handle that nobody has/,
    next: /in place of the function/,
    mark: 'warning',
  },
  {
    name: 'the functions are not there',
    how: () => (asked) =>
      /^\/(\.well-known\/webfinger|ap\/(inbox|followers|following|owner|posts|notes))/.test(asked.path)
        ? page(404)
        : undefined,
    check: 'functions.followers',
    saw: /ap\/followers\?page=true → 404 text\/html/,
    next: /Deploy the functions/,
    also: ['documents.status', 'webfinger.answers', 'inbox.answers'],
  },
  {
    name: 'every unknown address is a page',
    how: () => (asked, answer) => (answer.status === 404 && asked.method === 'GET' ? page(200) : undefined),
    check: 'functions.missing',
    saw: /a post that is not there → 200 text\/html/,
    next: /rewrite/,
  },
  {
    name: 'a password in front of everything',
    how: () => () => ({ ...page(401), headers: { 'content-type': 'text/html', 'www-authenticate': 'Basic' } }),
    check: 'address.built-for',
    saw: /no Postern answers at .* → 401/,
    next: /password/,
    also: ['address.origin'],
  },
  {
    name: 'a password in front of the inbox alone',
    how: () => (asked) =>
      asked.path === '/ap/inbox' ? { ...page(401), headers: { 'www-authenticate': 'Basic realm="x"' } } : undefined,
    check: 'inbox.answers',
    saw: /inbox → 401/,
    next: /password/,
  },
  {
    name: 'the server fails at everything',
    how: () => () => page(503),
    check: 'address.built-for',
    saw: /no Postern answers at .* → 503/,
    next: /log of the host/,
    also: ['address.origin'],
  },
  {
    name: 'another site lives there',
    how: () => (asked) => page(asked.path === '/' ? 200 : 404),
    check: 'address.built-for',
    saw: /no Postern answers at .* → 404/,
    next: /complete build/,
  },
  {
    name: 'the inbox is not there',
    how: () => (asked) => (asked.path === '/ap/inbox' ? page(404) : undefined),
    check: 'inbox.answers',
    saw: /POST .*\/ap\/inbox → 404/,
    next: /Deploy the functions.*preview/,
  },
  {
    name: 'the inbox fails',
    how: () => (asked) => (asked.path === '/ap/inbox' ? page(500) : undefined),
    check: 'inbox.answers',
    saw: /→ 500/,
    next: /log of the function.*POSTERN_PRIVATE_KEYS/,
  },
  {
    name: 'a firewall keeps servers out of the inbox',
    how: () => (asked) => (asked.path === '/ap/inbox' ? page(403) : undefined),
    check: 'inbox.answers',
    saw: /→ 403/,
    next: /bot protection/,
  },
  {
    name: 'the inbox redirects',
    how: () => (asked) => (asked.path === '/ap/inbox' ? to('/ap/inbox/', 308) : undefined),
    check: 'inbox.redirect',
    saw: /→ 308, to \/ap\/inbox\//,
    next: /redirected POST is lost/,
  },
  {
    name: 'the inbox takes anything',
    how: () => (asked) => (asked.path === '/ap/inbox' ? { status: 202, headers: {}, body: '' } : undefined),
    check: 'inbox.unsigned',
    saw: /takes what nobody signed/,
    next: /Something else than the inbox/,
  },
  {
    name: 'the clock of the server is two hours late',
    how: () => (_asked, answer) => ({
      ...answer,
      headers: { ...answer.headers, date: new Date(Date.now() - 7_200_000).toUTCString() },
    }),
    check: 'clock.skew',
    saw: /(1|2) h behind the one of this machine/,
    next: /NTP/,
  },
  {
    name: 'NodeInfo is not there',
    how: () => (asked) => (asked.path.includes('nodeinfo') ? page(404) : undefined),
    check: 'nodeinfo.answers',
    saw: /well-known\/nodeinfo → 404/,
    next: /complete build/,
    mark: 'warning',
  },
  {
    name: 'the home page redirects to itself by way of another',
    how: () => (asked) => (asked.path === '/' ? to('/home') : asked.path === '/home' ? to('/') : undefined),
    check: 'address.origin',
    saw: /round in circles/,
    next: /answer itself/,
    also: ['pages.html'],
  },
]);
