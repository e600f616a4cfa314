// An OpenAI-compatible server around a real model file, for tests: node endpoint_model.mjs MODEL.gguf [FOLDER OF node_modules]
// It prints its port, answers chat completions with a grammar made from the JSON schema of the request, and knows no tool.
import http from "node:http";
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

const [file, packages] = process.argv.slice(2);
const where = createRequire((packages ?? process.cwd()) + "/x.js").resolve("node-llama-cpp");
const {getLlama, LlamaCompletion} = await import(pathToFileURL(where).href);
const llama = await getLlama({build: "never", gpu: false, maxThreads: 1, logLevel: "error"}); // threads that wait for each other crawl on a busy machine
const model = await llama.loadModel({modelPath: file});
const context = await model.createContext({contextSize: 4096, threads: 1});

let last = Promise.resolve(); // one at a time: there is one sequence
const inTurn = (body) => (last = last.catch(() => {}).then(() => answer(body)));

async function answer(body) {
    const form = body.response_format?.json_schema?.schema;
    if (form === undefined) return [400, {error: {message: "this server answers by schema only"}}];
    const sequence = context.getSequence();
    try {
        const grammar = await llama.createGrammarForJsonSchema(form);
        const said = body.messages.map((m) => m.content).join("\n").slice(-400);
        const made = await new LlamaCompletion({contextSequence: sequence}).generateCompletionWithMeta(
            said, {grammar, maxTokens: body.max_tokens, temperature: body.temperature, seed: body.seed}
        );
        const whole = made.metadata.stopReason !== "maxTokens";
        const message = {role: "assistant", content: made.response};
        const usage = {total_tokens: model.tokenize(said + made.response).length};
        return [200, {object: "chat.completion", usage, choices: [{index: 0, message, finish_reason: whole ? "stop" : "length"}]}];
    } finally {
        sequence.dispose();
    }
}

const server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (part) => (text += part));
    request.on("end", async () => {
        let [status, data] = [500, {}];
        try {
            [status, data] = await inTurn(JSON.parse(text));
        } catch (wrong) {
            console.error(wrong);
        }
        response.writeHead(status, {"content-type": "application/json"}).end(JSON.stringify(data));
    });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
