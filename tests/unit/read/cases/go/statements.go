package flow

func all(o any, xs []string, ch chan int) (err error) {
	var a, b = 1, 2
	a, b = b, a
	v, ok := o.(*Text)
	got, open := <-ch
	item, found := table["k"]
	x, err := call(a)
	a += 1
	b++
	if y, err := try(); err != nil {
		return err
	} else if z := other(); z {
		use(y)
	} else {
		last()
	}
	for i := 0; i < 3; i++ {
		continue
	}
	for _, s := range xs {
		send(s)
	}
	for k := range table {
		use(k)
	}
	for range 3 {
	}
	for a > 0 {
		break
	}
	for {
		goto end
	}
	switch n := size(); n {
	case 1, 2:
		small()
		fallthrough
	default:
		big()
	}
	switch {
	case a > b && !ok:
		more()
	}
	switch t := o.(type) {
	case *Text:
		t.Read()
	case int, string:
		plain(t)
	}
	select {
	case m := <-ch:
		use(m)
	case ch <- 3:
	case <-ctx.Done():
		stop()
	default:
	}
	go func(n int) { work(n) }(a)
	defer mu.Unlock()
	ch <- 5
	type local struct{ n int }
end:
	return
}
