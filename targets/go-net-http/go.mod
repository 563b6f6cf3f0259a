module bakeoff/target/go-net-http

go 1.27
