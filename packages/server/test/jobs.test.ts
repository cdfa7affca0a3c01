/** What lists of jobs say. The numbers are those of the reference's own unit list (execution semantics 6.3, test_jobs). */
import { describe, expect, test } from 'vitest';
import type { JobRecord, StoredJob } from '../src/broker/broker.ts';
import { endedJob, endedJobDetail, JOB_STATUSES, jobText, liveJob, liveJobDetail } from '../src/jobs/job-view.ts';
import { isPreviewable, normaliseOutputs, outputItem, summariseOutputs } from '../src/jobs/summary.ts';

type Outputs = Record<string, unknown>;
const summary = (nodes: Record<string, Outputs>) =>
  summariseOutputs(new Map(Object.entries(nodes).map(([id, output]) => [id, JSON.stringify(output)])));
const saved = { filename: 'a.png', subfolder: '', type: 'output' };
const shown = { filename: 't.png', subfolder: '', type: 'temp' };

test('5-6: the statuses of a job', () => {
  expect(JOB_STATUSES).toEqual(['pending', 'in_progress', 'completed', 'failed', 'cancelled']);
});

describe('what a person can be shown', () => {
  test.each(['images', 'video', 'audio', '3d', 'text'])('7: anything under %s', (key) => {
    expect(isPreviewable(key, {})).toBe(true);
  });
  test.each(['latents', 'metadata', 'files', '__proto__'])('8: not everything under %s', (key) => {
    expect(isPreviewable(key, {})).toBe(false);
  });
  test.each(['a.obj', 'a.fbx', 'a.gltf', 'a.glb', 'a.usdz', 'A.GLB'])('9, 39-40: a 3D file %s anywhere', (filename) => {
    expect(isPreviewable('files', { filename })).toBe(true);
  });
  test.each(['a.stl', 'glb', 'a.glb.zip', ''])('41: %j is no 3D file', (filename) => {
    expect(isPreviewable('files', { filename })).toBe(false);
  });
  test.each([
    ['video/mp4', true],
    ['audio/flac', true],
    ['application/json', false],
    ['xvideo/mp4', false],
  ])('10-12: format %s: %s', (format, expected) => {
    expect(isPreviewable('gifs', { format })).toBe(expected);
  });
  test.each(['a.txt', 'a.md', 'a.JSON'])('13: a file of text %s', (filename) => {
    expect(isPreviewable('files', { filename })).toBe(true);
  });
  test('a format or a name that is no text is none', () => {
    expect(isPreviewable('files', { format: 5, filename: ['a.txt'] })).toBe(false);
  });
});

describe('the summary of outputs', () => {
  test('14: nothing shown: none of anything', () => {
    expect(summary({})).toEqual({ outputs_count: 0, previewable_outputs_count: 0 });
  });
  test('15: items are counted over all nodes', () => {
    expect(summary({ 1: { images: [saved, shown] }, 2: { images: [shown] } }).outputs_count).toBe(3);
  });
  test('16-17: animated and what is no list are left out', () => {
    expect(summary({ 1: { animated: [true], images: [saved], width: 5, info: { a: 1 } } }).outputs_count).toBe(1);
  });
  test('18: a saved file is shown before one that is only temporary', () => {
    expect(summary({ 1: { images: [shown] }, 2: { images: [saved] } }).preview_output).toEqual({
      ...saved,
      nodeId: '2',
      mediaType: 'images',
    });
  });
  test('19: without a saved file the first one that can be shown', () => {
    const { preview_output: preview } = summary({
      1: { latents: [shown] },
      2: { images: [{ ...shown, n: 1 }, shown] },
    });
    expect(preview).toMatchObject({ n: 1, nodeId: '2' });
  });
  test('20: what cannot be shown is only counted', () => {
    const result = summary({ 1: { latents: [{ filename: 'a.latent', type: 'output' }] } });
    expect(result).toEqual({ outputs_count: 1, previewable_outputs_count: 0 });
  });
  test('21: the preview names its node and the kind of media', () => {
    expect(summary({ 9: { audio: [saved] } }).preview_output).toMatchObject({ nodeId: '9', mediaType: 'audio' });
  });
  test('22-24: names of 3D files become items; other texts are none', () => {
    const result = summary({ 1: { result: ['mesh.glb', 'hello', null, 5] } });
    expect(result.outputs_count).toBe(1);
    expect(result.preview_output).toEqual({
      filename: 'mesh.glb',
      type: 'output',
      subfolder: '',
      nodeId: '1',
      mediaType: 'result',
    });
  });
  test('25-26: text is shown when there is no media, and is not counted', () => {
    const text = summary({ 1: { text: ['hello'] } });
    expect(text).toEqual({
      outputs_count: 0,
      previewable_outputs_count: 0,
      preview_output: { content: 'hello', nodeId: '1', mediaType: 'text' },
    });
    expect(summary({ 1: { text: ['hello'] }, 2: { images: [shown] } }).preview_output).toMatchObject(shown);
  });
  test('27: a text of more than 1024 characters is cut and says so', () => {
    const { preview_output: preview } = summary({ 1: { text: ['x'.repeat(1025)] } });
    expect(preview).toMatchObject({ content: 'x'.repeat(1024), truncated: true });
    expect(summary({ 1: { text: ['x'.repeat(1024)] } }).preview_output).not.toHaveProperty('truncated');
  });
  test('28-29: a saved file of text goes before bare text and after any media', () => {
    const file = { filename: 'a.txt', type: 'output' };
    expect(summary({ 1: { text: ['hello'] }, 2: { files: [file] } }).preview_output).toMatchObject(file);
    expect(summary({ 1: { files: [file] }, 2: { images: [shown] } }).preview_output).toMatchObject(shown);
  });
  test('30-32: a file with a media format is media, whatever its name', () => {
    const clip = { filename: 'a.json', format: 'video/mp4', type: 'temp' };
    expect(
      summary({ 1: { files: [{ filename: 'b.txt', type: 'output' }] }, 2: { gifs: [clip] } }).preview_output,
    ).toMatchObject(clip);
  });
});

describe('how many can be shown', () => {
  test.each([
    ['33: all of them', { images: [saved, shown] }, 2, 2],
    ['34-35: not a latent', { images: [saved], latents: [{ filename: 'a.latent' }] }, 2, 1],
    ['36: a file of text', { files: [{ filename: 'a.txt' }] }, 1, 1],
    ['37: not a bare text', { text: ['a', 'b'] }, 0, 0],
    ['38: a 3D name', { result: ['a.obj'] }, 1, 1],
  ])('%s', (_what, output, count, previewable) => {
    expect(summary({ 1: output })).toMatchObject({ outputs_count: count, previewable_outputs_count: previewable });
  });
});

describe('one item', () => {
  test.each([[null], ['hello'], [5], [true], [[1]], [undefined]])('55, 57-59: %j is none', (value) => {
    expect(outputItem(value)).toBeUndefined();
  });
  test('56: a 3D name gets its type and an empty subfolder', () => {
    expect(outputItem('a.glb')).toEqual({ filename: 'a.glb', type: 'output', subfolder: '' });
  });
  test('60: an object is itself', () => {
    const item = { filename: 'a.png' };
    expect(outputItem(item)).toBe(item);
  });
});

describe('outputs in the detail view', () => {
  test.each([
    ['61: nothing', '{}', '{}'],
    ['62: objects pass', '{"1":{"images":[{"filename":"a.png"}]}}', '{"1":{"images":[{"filename":"a.png"}]}}'],
    [
      '63: 3D names are spelt out, empty places left out',
      '{"1":{"result":["a.glb",null]}}',
      '{"1":{"result":[{"filename":"a.glb","type":"output","subfolder":""}]}}',
    ],
    ['64: animated stays', '{"1":{"animated":[null,true]}}', '{"1":{"animated":[null,true]}}'],
    ['65: the output of a node that is no object stays', '{"1":[null]}', '{"1":[null]}'],
    ['66: other kinds of item stay', '{"1":{"a":["text",5.0,null]}}', '{"1":{"a":["text",5.0]}}'],
  ])('%s', (_what, given, expected) => {
    expect(normaliseOutputs(given)).toBe(expected);
  });
});

const waiting: StoredJob = {
  promptId: 'id',
  number: 3,
  numberText: '3.0',
  promptText: '{"1":{}}',
  extraDataText: '{"a":1}',
  secretsText: '{"api_key_comfy_org":"secret"}',
  targets: ['1'],
  clientId: 'me',
  workflowId: 'w',
  createTime: 100,
  arrival: 1,
  attempts: 0,
};
const ended = (more: Partial<JobRecord> = {}): JobRecord => ({
  ...waiting,
  state: 'completed',
  outputsText: '{"1":{"result":["a.glb"],"images":[{"filename":"b.png"}]}}',
  metaText: '{}',
  statusText: '{"status_str":"success"}',
  summaryText: '{"outputs_count":0,"previewable_outputs_count":0}',
  startTime: 200,
  endTime: 350,
  ...more,
});
const read = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('a job in a list', () => {
  test('46: one that waits has no times and counts of zero', () => {
    expect(jobText(liveJob(waiting, 'pending'))).toBe(
      '{"id":"id","status":"pending","priority":3.0,"create_time":100,"outputs_count":0,"previewable_outputs_count":0,"workflow_id":"w"}',
    );
    expect(liveJob(waiting, 'pending').duration).toBe(0);
  });
  test('47-48: one that has ended has its times, also with counts of zero', () => {
    const view = endedJob(ended({ workflowId: undefined }));
    expect(read(jobText(view))).toEqual({
      id: 'id',
      status: 'completed',
      priority: 3,
      create_time: 100,
      execution_start_time: 200,
      execution_end_time: 350,
      outputs_count: 0,
      previewable_outputs_count: 0,
    });
    expect(view.duration).toBe(150);
  });
  test('49: one that failed tells the error', () => {
    const summaryText = '{"outputs_count":1,"previewable_outputs_count":1,"execution_error":{"node_id":"1"}}';
    const text = jobText(endedJob(ended({ state: 'failed', summaryText })));
    expect(read(text)).toMatchObject({ status: 'failed', execution_error: { node_id: '1' } });
  });
  test('50: one that was cancelled tells no error', () => {
    const text = jobText(endedJob(ended({ state: 'cancelled', startTime: undefined, endTime: undefined })));
    expect(read(text)).not.toHaveProperty('execution_error');
    expect(read(text)).not.toHaveProperty('execution_start_time');
  });
  test('51-54: the detail view adds outputs, status and workflow, with 3D names spelt out', () => {
    expect(read(endedJobDetail(ended()))).toMatchObject({
      outputs: {
        1: { result: [{ filename: 'a.glb', type: 'output', subfolder: '' }], images: [{ filename: 'b.png' }] },
      },
      execution_status: { status_str: 'success' },
      workflow: { prompt: { 1: {} }, extra_data: { a: 1 } },
    });
  });
  test('credentials are in neither view', () => {
    for (const text of [
      jobText(liveJob(waiting, 'pending')),
      liveJobDetail(waiting, 'pending'),
      endedJobDetail(ended()),
    ])
      expect(text).not.toContain('secret');
  });
});
