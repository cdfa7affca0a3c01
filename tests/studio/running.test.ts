/** What a person does with runs. Starting a server and a browser costs more than most of these tests. */
import { afterAll } from 'vitest';
import { closeShared } from './studio.ts';
// the order counts: the first run of the example is one that nobody made before, and the last one restarts the server
import './points/open-and-run.ts';
import './points/bring-your-own.ts';
import './points/run.ts';
import './points/watch.ts';
import './points/failure.ts';
import './points/elsewhere.ts';
import './points/lose-nothing.ts';

afterAll(closeShared);
