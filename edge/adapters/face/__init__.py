"""The face engine (人脸引擎) on the box: detection, alignment, passive liveness and embedding on onnxruntime."""
