import { fork } from 'node:child_process'; import { once } from 'node:events'; import {build} from 'esbuild'; import {mkdtempSync} from 'node:fs';
const r = fork('test/bench/receiver.mjs',['1']); const [ports]=await once(r,'message');
const PARTS = ['connect', 'http', 'ledger', 'outbox', 'recorder', 'record', 'route/group', 'store'];
await build({ stdin:{contents:PARTS.map(p=>`export * from './src/${p}.ts';`).join('\n'),resolveDir:process.cwd()}, outfile:'/tmp/core2.mjs',bundle:true,format:'esm',platform:'node',target:'node20.18',define:{PINGORU_VERSION:'"0"'},external:['node-notifier','nodemailer'],banner:{js:'const require=process.getBuiltinModule;'}});
const c=fork('test/bench/deliver.mjs',['/tmp/core2.mjs',mkdtempSync('/tmp/x-'),ports.join(),'100000','1000'],{execArgv:['--expose-gc']});
c.on('message',m=>console.log(m)); const [code]=await once(c,'exit'); console.log('exit',code); r.kill();
