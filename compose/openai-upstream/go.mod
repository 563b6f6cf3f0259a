module openai-upstream

go 1.26
