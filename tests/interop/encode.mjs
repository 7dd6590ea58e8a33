// JSON on stdin -> payload bytes on stdout. A metric of type Bytes has its value in hex.
import { readFileSync } from "node:fs";
import sparkplug from "sparkplug-payload";

const payload = JSON.parse(readFileSync(0, "utf8"));
for (const metric of payload.metrics) {
  if (metric.type === "Bytes") metric.value = Buffer.from(metric.value, "hex");
}
process.stdout.write(sparkplug.get("spBv1.0").encodePayload(payload));
