import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { home, start } from './run.ts';

let user: ReturnType<typeof home>;
let folder: string;

beforeEach(() => {
  user = home();
  folder = mkdtempSync(path.join(tmpdir(), 'pingoru-project-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  user.remove();
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

const init = (...args: string[]) => start(['init', ...args], user.env, { cwd: folder }).ended;
const ids = (stdout: string) => [...stdout.matchAll(/^(\S+) {2}/gm)].map((match) => match[1]);

describe('pingoru init', () => {
  const files: [string, Record<string, string>, string[]][] = [
    [
      'package.json',
      { 'package.json': '{"dependencies":{"@clerk/nextjs":"6","react":"19"},"devDependencies":{"@sentry/node":"9"}}' },
      ['clerk', 'npm', 'sentry'],
    ],
    [
      'a lock file alone',
      { 'package-lock.json': '{"packages":{"":{"dependencies":{"stripe":"1"}},"node_modules/openai":{}}}' },
      ['npm', 'stripe'],
    ],
    [
      'requirements.txt',
      { 'requirements.txt': '# theirs\nboto3==1.2\nstripe>=8\nnumpy\n' },
      ['aws', 'python', 'stripe'],
    ],
    [
      'pyproject.toml',
      { 'pyproject.toml': '[project]\ndependencies = [\n  "openai>=1",\n  "sentry-sdk[flask]>=2",\n]\n' },
      ['openai', 'python', 'sentry'],
    ],
    [
      'go.mod',
      {
        'go.mod':
          'module example.com/x\n\nrequire (\n\tgithub.com/stripe/stripe-go/v76 v76.1.0\n\tgolang.org/x/net v0.1.0\n)\n',
      },
      ['stripe'],
    ],
    [
      'Gemfile',
      { Gemfile: "source 'https://rubygems.org'\ngem 'twilio-ruby'\ngem 'sendgrid'\n" },
      ['rubygems', 'sendgrid'],
    ],
    [
      'compose',
      { 'compose.yaml': 'services:\n  db:\n    image: postgres:17\n  app:\n    image: ghcr.io/acme/app:1\n' },
      ['docker', 'github'],
    ],
    [
      'Terraform',
      {
        'main.tf':
          'terraform {\n  required_providers {\n    cf = {\n      source = "cloudflare/cloudflare"\n    }\n  }\n}\nprovider "aws" {}\n',
      },
      ['aws', 'cloudflare'],
    ],
    [
      'workflows',
      {
        '.github/workflows/ci.yml':
          'jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n      - uses: codecov/codecov-action@v5\n',
      },
      ['codecov', 'github'],
    ],
    [
      '.env.example',
      { '.env.example': 'NEXT_PUBLIC_SUPABASE_URL=\nSTRIPE_SECRET_KEY=sk_test_canary\nPORT=3000\n' },
      ['stripe', 'supabase'],
    ],
  ];

  it.each(files)('reads %s', async (_what, project, expected) => {
    write(project);
    const { stdout, code } = await init();
    expect({ ids: ids(stdout), code }).toEqual({ ids: expected, code: 0 });
    expect(stdout).not.toContain('canary');
  });

  it('adds nothing without a yes, and everything with --yes, once', async () => {
    write({ 'package.json': '{"dependencies":{"stripe":"1"}}' });
    expect((await init()).stderr).toContain('nothing was added');
    expect((await init('--yes')).code).toBe(0);
    const { watch } = JSON.parse(readFileSync(user.config, 'utf8')) as { watch: { provider: string }[] };
    expect(watch.map((entry) => entry.provider)).toEqual(['npm', 'stripe']);
    const again = await init('--yes');
    expect({ stdout: again.stdout, code: again.code }).toEqual({ stdout: '', code: 0 });
  });

  it('says so where there is no project, and reads on past a broken file', async () => {
    expect((await init()).code).toBe(64);
    write({ 'package.json': '{"dependencies"', 'vercel.json': '{}' });
    expect(ids((await init()).stdout)).toEqual(['vercel']);
  });

  it('says of no file it could not read that it names nobody', async () => {
    write({ 'package.json': '{"dependencies"' });
    expect(await init()).toMatchObject({
      code: 78,
      stdout: '',
      stderr:
        'pingoru: package.json is broken, and nothing else here says what the project depends on; mend it and run pingoru init again\n',
    });
    write({ 'go.mod': 'module example.com/x\n' });
    expect(await init()).toMatchObject({
      code: 0,
      stderr:
        'pingoru: package.json is broken and was passed over\nnothing to add: go.mod names no provider that is not on the watch list already\n',
    });
    write({ 'main.tf': '' });
    expect((await init()).stderr).toContain('nothing to add: go.mod, main.tf name no provider');
  });
});
