module bakeoff/target/go-onnx-embed

go 1.27

require (
	github.com/yalue/onnxruntime_go v1.27.0
	golang.org/x/text v0.41.0
)
