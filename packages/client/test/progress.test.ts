import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JobProgress, NodeTimes } from '../src/progress.ts';

describe('progress', () => {
  it('never falls and never passes 1, whatever is reported', () => {
    const report = fc.record({
      node: fc.nat(8).map(String),
      done: fc.float({ min: 0, max: 2, noNaN: true }),
      cached: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.nat(5).map(String)), fc.array(report, { maxLength: 60 }), (known, reports) => {
        const progress = new JobProgress(new NodeTimes());
        for (const id of known) progress.add(id, 'KSampler');
        let last = 0;
        reports.forEach(({ node, done, cached }, at) => {
          if (cached) progress.leaveOut(node);
          else progress.report(node, done, at);
          expect(progress.share).toBeGreaterThanOrEqual(last);
          expect(progress.share).toBeLessThanOrEqual(1);
          last = progress.share;
        });
      }),
    );
  });

  it('is all when every node has ended, and samplers weigh most', () => {
    const progress = new JobProgress(new NodeTimes());
    for (const [id, classType] of [
      ['1', 'CheckpointLoaderSimple'],
      ['2', 'KSampler'],
      ['3', 'SaveImage'],
    ] as const)
      progress.add(id, classType);
    progress.report('1', 1, 0);
    expect(progress.share).toBeLessThan(0.3);
    progress.report('2', 0.5, 0);
    const half = progress.share;
    progress.report('2', 1, 0);
    expect(progress.share - half).toBeGreaterThan(0.3);
    progress.report('3', 1, 0);
    expect(progress.share).toBeCloseTo(1);
  });

  it('counts no nodes that need not run', () => {
    const progress = new JobProgress(new NodeTimes());
    progress.add('1', 'KSampler');
    progress.add('2', 'Any');
    progress.leaveOut('1');
    progress.report('2', 0.5, 0);
    expect(progress.share).toBeCloseTo(0.5);
  });

  it('stretches the rest when nodes are added', () => {
    const progress = new JobProgress(new NodeTimes());
    progress.add('1', '');
    progress.add('2', '');
    progress.report('1', 1, 0);
    expect(progress.share).toBeCloseTo(0.5);
    for (const child of ['2.1', '2.2', '2.3']) progress.add(child, '');
    progress.report('2.1', 1, 0);
    expect(progress.share).toBeGreaterThan(0.6);
  });

  it('has a remaining time only with evidence', () => {
    const progress = new JobProgress(new NodeTimes());
    progress.add('1', 'A');
    progress.start(0);
    expect(progress.remainingMs(0)).toBeUndefined();
    progress.report('1', 0.25, 1000);
    expect(progress.remainingMs(1000)).toBe(3000);
  });

  it("gives way to the server's own numbers", () => {
    const progress = new JobProgress(new NodeTimes());
    progress.tell(0.4, 7000);
    expect([progress.share, progress.remainingMs(0)]).toEqual([0.4, 7000]);
    progress.tell(0.2, undefined);
    expect(progress.share).toBe(0.4);
  });

  it('learns what nodes of a class take', () => {
    const times = new NodeTimes();
    expect(times.weightOf('MySampler')).toBe(10_000);
    for (const ms of [40, 50, 9000]) times.learn('MySampler', ms);
    expect(times.weightOf('MySampler')).toBe(50);
  });
});
