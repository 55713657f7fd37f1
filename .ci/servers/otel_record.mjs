// Calls a model that is not there through OpenAI's client and OpenTelemetry's
// real instrumentation, and writes what its exporters send: one OTLP request a
// line, traces and logs. Everything stays on loopback.
//   node otel_record.mjs FILE
import http from "node:http";
import fs from "node:fs";
import { createRequire } from "node:module";

const need = createRequire(process.cwd() + "/");
const out = process.argv[2];
const serve = (answer) =>
  new Promise((done) => {
    const server = http.createServer((req, res) => {
      let body = "";
      req.on("data", (part) => (body += part));
      req.on("end", () => answer(req, body, res));
    });
    server.listen(0, "127.0.0.1", () => done(server));
  });
const at = (server) => `http://127.0.0.1:${server.address().port}`;

const receiver = await serve((req, body, res) => {
  fs.appendFileSync(out, JSON.stringify(JSON.parse(body)) + "\n");
  res.setHeader("content-type", "application/json");
  res.end("{}");
});
let calls = 0;
const model = await serve((req, body, res) => {
  const asked = JSON.parse(body);
  res.setHeader("content-type", "application/json");
  calls++;
  if (asked.model === "too-busy") {
    res.statusCode = 429;
    return res.end(JSON.stringify({ error: { message: "(fictional)", type: "rate_limit", code: "rate_limit" } }));
  }
  if (req.url.endsWith("/embeddings"))
    return res.end(JSON.stringify({ object: "list", model: "text-embedding-3-small", data: [{ object: "embedding", index: 0, embedding: [0.1, 0.2] }], usage: { prompt_tokens: 4, total_tokens: 4 } }));
  const finish = asked.model === "filtered" ? "content_filter" : "stop";
  res.end(JSON.stringify({ id: `chatcmpl-${calls}`, object: "chat.completion", created: 1, model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, finish_reason: finish, message: { role: "assistant", content: "(fictional)" } }], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } }));
});

process.env.OTEL_EXPORTER_OTLP_ENDPOINT = at(receiver);
process.env.OTEL_METRICS_EXPORTER = "none";
const { NodeSDK, logs } = need("@opentelemetry/sdk-node");
const { OTLPTraceExporter } = need("@opentelemetry/exporter-trace-otlp-http");
const { OTLPLogExporter } = need("@opentelemetry/exporter-logs-otlp-http");
const { OpenAIInstrumentation } = need("@opentelemetry/instrumentation-openai");
const processor = new logs.BatchLogRecordProcessor(logs.BatchLogRecordProcessor.length > 1 ? new OTLPLogExporter() : { exporter: new OTLPLogExporter() });
const sdk = new NodeSDK({ serviceName: "letter-writer", autoDetectResources: false, traceExporter: new OTLPTraceExporter(), logRecordProcessors: [processor], instrumentations: [new OpenAIInstrumentation()] });
sdk.start();
const OpenAI = need("openai");
const client = new OpenAI.OpenAI({ apiKey: "none", baseURL: at(model) + "/v1", maxRetries: 0 });
const chat = (name) => client.chat.completions.create({ model: name, temperature: 0, top_p: 0.5, max_tokens: 100, messages: [{ role: "user", content: "(fictional)" }] });
await chat("gpt-4o-mini");
await chat("too-busy").catch(() => {});
await chat("filtered");
await client.embeddings.create({ model: "text-embedding-3-small", input: "(fictional)", encoding_format: "float" });
await sdk.shutdown();
receiver.close();
model.close();
process.exit(0);
