package values

func all() {
	url := base + "/v1/" + id + `?raw`
	sum := 1 + 2_0 + 0x1f + 1.5e3
	r := 'c' + '\n' + '\u4e2d'
	h := gin.H{"code": 0, "data": list}
	tasks := []Task{{ID: 1}, {ID: 2}}
	byName := map[string]*Task{"a": {ID: 3}, key: other}
	pos := Point{1, 2}
	arr := [...]int{1, 2}
	raw := []byte("x")
	made := new(Task)
	sized := make([]string, 0, 4)
	part := raw[1:len(raw)]
	deref := *pointer
	method := handler.Reply
	generic := Map[string, int](xs)
	spread(xs...)
	client.
		R().
		SetBody(body).
		Post(url)
	var data struct {
		Prompt string `json:"prompt"`
	}
	cb := func(s string) error { return write(s) }
	path := fmt.Sprintf("%s/v1/%[2]d?x=%v", base, id, more)
	_ = (<-ch).Name
	_ = !a && b || c
	_, _, _ = data, cb, nil
}
