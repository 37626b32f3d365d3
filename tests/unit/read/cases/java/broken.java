package a;
class A {
    void first() { x.y(; }
    void second() { z(); }
    int field = ;
    void third() { w()
}
