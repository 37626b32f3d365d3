package a

func first() { x.y(; }

func second() { z() }

type T struct { A int
