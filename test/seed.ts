/** Properties look elsewhere at every run by hand; where a change is judged (CI) they look at the same places each time. */
import fc from 'fast-check';

if (process.env.CI) fc.configureGlobal({ seed: 20_261_128 });
