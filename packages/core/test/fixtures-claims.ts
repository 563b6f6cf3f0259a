/** The four published comparisons, cut to what tests need. */
import type { ClaimSpec } from '@bakeoff/model'
import { aClaim } from './builders.js'

export const openAiClient: ClaimSpec = aClaim({
  id: 'openai-client-node-vs-python',
  title: "OpenAI's official client, Node against Python",
  source: {
    title: 'Comparing Node.js and Python Performance with the Official OpenAI Client',
    author: 'Russell Ballestrini',
    published: '2024-05-28',
    url: null,
  },
  scenario: 'chat-batch',
  subjects: [
    {
      id: 'node',
      target: 'node-fastify',
      variant: 'default',
      says: 'Node.js with p-limit',
      figures: { wallSeconds: 10.659, userSeconds: 8.277, systemSeconds: 0.544, cpuMsPerRequest: 4.9 },
      load: { tasks: 1800, concurrency: 200 },
    },
    {
      id: 'python',
      target: 'python-flask',
      variant: 'as-published',
      says: 'Python with a semaphore',
      figures: { wallSeconds: 15.991, userSeconds: 10.041, systemSeconds: 0.229, cpuMsPerRequest: 34.2 },
      load: { tasks: 300, concurrency: 20 },
    },
  ],
  comparisons: [
    {
      metric: 'cpuMsPerRequest',
      of: 'python',
      to: 'node',
      published: 6.98,
      statement: 'Node.js managed to utilize the CPU more efficiently',
    },
    {
      metric: 'wallSeconds',
      of: 'python',
      to: 'node',
      published: 1.5,
      statement: 'Node.js completed the tasks faster',
    },
  ],
})

export const goVsFlask: ClaimSpec = aClaim({
  id: 'predict-go-vs-flask',
  title: 'Go against Flask',
  source: { title: 'Go as a Backend for AI Applications', author: 'Dan', published: null, url: null },
  scenario: 'predict',
  subjects: [
    {
      id: 'go',
      target: 'go-net-http',
      variant: 'default',
      says: 'net/http',
      figures: { throughput: 34_172 },
      load: { requests: 1000, connections: 10 },
    },
    {
      id: 'flask',
      target: 'python-flask',
      variant: 'as-published',
      says: 'Flask',
      figures: { throughput: 24_795 },
      load: { requests: 1000, connections: 10 },
    },
  ],
  comparisons: [
    { metric: 'throughput', of: 'go', to: 'flask', published: 1.38, statement: 'over 30% more requests per second' },
  ],
})

export const rankNet: ClaimSpec = aClaim({
  id: 'ranknet-python-vs-rust',
  title: 'RankNet: Python against Rust',
  source: { title: 'Python vs. Rust Deep Learning Inference Performance', author: null, published: null, url: null },
  scenario: 'ranknet',
  subjects: [
    {
      id: 'rust',
      target: 'rust-axum',
      variant: 'default',
      says: 'Rust Candle',
      figures: { throughput: 994.4, 'serviceMs.mean': 9.55, 'serviceMs.p99': 23 },
      load: { users: 10 },
    },
    {
      id: 'onnx',
      target: 'python-flask',
      variant: 'as-published',
      says: 'Python ONNX',
      figures: { throughput: 80.1, 'serviceMs.mean': 122.51, 'serviceMs.p99': 280 },
      load: { users: 10 },
    },
  ],
  comparisons: [
    { metric: 'throughput', of: 'rust', to: 'onnx', published: 12.4, statement: 'Rust Candle is the clear winner' },
    { metric: 'serviceMs.p99', of: 'onnx', to: 'rust', published: 12.2, statement: 'P99 latency 23 ms against 280 ms' },
  ],
  statements: [
    {
      says: 'Rust did not fully utilize its CPU due to a database bottleneck',
      verdict: 'service-cpu',
      service: 'postgres',
      subjects: ['rust'],
    },
  ],
})

export const sampleClaims: readonly ClaimSpec[] = [openAiClient, goVsFlask, rankNet]
