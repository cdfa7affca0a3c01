import { createMemoryBroker } from '../src/broker/memory-broker.ts';
import { brokerContract } from './contracts/broker-contract.ts';

brokerContract('memory', { create: async (options) => createMemoryBroker(options) });
