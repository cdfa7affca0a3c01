/** What a person does on one page with few runs. Starting a server and a browser costs more than most of these tests. */
import { afterAll } from 'vitest';
import { closeShared } from './studio.ts';
// the order counts: these look at a run that nobody made before
import './points/accessibility.ts';
import './points/edit.ts';
import './points/view.ts';
import './points/performance.ts';

afterAll(closeShared);
