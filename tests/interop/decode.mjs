// Payload bytes on stdin -> JSON on stdout. 64-bit numbers become decimal strings, bytes become hex.
import { readFileSync } from "node:fs";
import sparkplug from "sparkplug-payload";

// the replacer sees a Buffer as its toJSON made it, but a Long as it is
const plain = (key, value) => {
  if (value?.constructor?.name === "Long") return value.toString();
  if (value?.type === "Buffer") return Buffer.from(value.data).toString("hex");
  return value;
};
const payload = sparkplug.get("spBv1.0").decodePayload(readFileSync(0));
process.stdout.write(JSON.stringify(payload, plain));
