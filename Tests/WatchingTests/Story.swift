/// What is done to a watched folder. `before` runs before the watcher starts, `then` while it watches. Both run in a
/// folder that holds the watched `root` and, on the same disk, `out`.
struct Story: Sendable, CustomStringConvertible {
    let title: String
    let before: String
    let then: String

    init(_ title: String, before: String = ":", then: String) {
        self.title = title
        self.before = before
        self.then = then
    }

    var description: String { title }

    static let all: [Story] = [
        // How a file comes.
        Story("cp", before: "echo 1 > out/m", then: "cp out/m root/m"),
        Story("cp over a file", before: "echo 1 > root/m; echo 22 > out/m", then: "cp out/m root/m"),
        Story("mv into", before: "echo 1 > out/m", then: "mv out/m root/m"),
        Story("mv over a file", before: "echo 1 > root/m; echo 22 > out/m", then: "mv out/m root/m"),
        Story("mv inside", before: "echo 1 > root/m", then: "mv root/m root/n"),
        Story("mv out", before: "echo 1 > root/m", then: "mv root/m out/m"),
        Story("ln", before: "echo 1 > out/m", then: "ln out/m root/m"),
        Story("install", before: "echo 1 > out/m", then: "install -m 600 out/m root/m"),
        Story(
            "tar", before: "mkdir out/t; echo 1 > out/t/m; tar cf out/t.tar -C out t", then: "tar xf out/t.tar -C root"),
        Story("sed -i", before: "echo 1 > root/m", then: "sed -i s/1/2/ root/m"),
        Story("append in three opens", then: "for i in 1 2 3; do echo $i >> root/m; done"),
        Story("truncate", before: "echo 1 > root/m", then: "truncate -s 100 root/m; truncate -s 5 root/m"),
        Story("dd in place", before: "echo 123 > root/m", then: "printf x | dd of=root/m conv=notrunc status=none"),
        Story("touch and chmod", before: "echo 1 > root/m", then: "touch -d @1 root/m; chmod 600 root/m"),
        Story("a temporary name, then the real one", then: "echo 1 > root/m.part; mv root/m.part root/m"),
        Story("a hidden name, then the real one", then: "echo 1 > root/.m.X3; mv root/.m.X3 root/m"),
        Story(
            "a hidden folder, then mv out of it",
            then: "mkdir root/.t; echo 1 > root/.t/m; mv root/.t/m root/m; rmdir root/.t"),
        Story("rm", before: "echo 1 > root/m", then: "rm root/m"),
        Story("made and removed at once", then: "for i in 1 2 3 4 5 6 7 8 9; do echo > root/$i; rm root/$i; done"),
        Story(
            "names",
            then:
                "cd root; echo > ' a '; echo > -x; echo > 'é'; echo > 'a\nb'; echo > '*'; echo > \"$(printf %0255d 0)\""
        ),
        // Folders.
        Story("D01 mkdir and fill at once", then: "mkdir root/d; for i in $(seq 400); do echo $i > root/d/$i; done"),
        Story(
            "D01 cp -r", before: "mkdir out/d; for i in $(seq 200); do echo $i > out/d/$i; done",
            then: "cp -r out/d root/d"),
        Story(
            "D01 many folders at once",
            then: "for i in $(seq 60); do mkdir -p root/$i/s; echo > root/$i/m; echo > root/$i/s/m; done"),
        Story("D02 mkdir -p nine deep", then: "mkdir -p root/1/2/3/4/5/6/7/8/9; echo > root/1/2/3/4/5/6/7/8/9/m"),
        Story(
            "D03 mv a full folder in", before: "mkdir -p out/d/e; echo > out/d/m; echo > out/d/e/n",
            then: "mv out/d root/d"),
        Story(
            "D04 mv a folder out, then write", before: "mkdir root/d; echo > root/d/m",
            then: "mv root/d out/d; echo > out/d/n"),
        Story(
            "D04 out, write, and in again", before: "mkdir root/d; echo > root/d/m",
            then: "mv root/d out/d; echo > out/d/n; mv out/d root/d; echo > root/d/o"),
        Story(
            "D05 rename a folder, then write", before: "mkdir -p root/a/s; echo > root/a/m",
            then: "mv root/a root/b; echo > root/b/n; echo > root/b/s/o"),
        Story(
            "D05 rename a folder twice", before: "mkdir root/a; echo > root/a/m",
            then: "mv root/a root/b; mv root/b root/c; echo > root/c/n"),
        Story(
            "D05 rename a folder into another", before: "mkdir root/a root/b; echo > root/a/m",
            then: "mv root/a root/b/c; echo > root/b/c/n"),
        Story(
            "D06 delete and make again", before: "mkdir -p root/d/e; echo > root/d/e/m",
            then: "rm -r root/d; mkdir root/d; echo > root/d/n"),
        Story(
            "D06 delete and make again, many times", before: "mkdir root/d; echo > root/d/m",
            then: "for i in $(seq 40); do rm -r root/d; mkdir -p root/d/e; echo $i > root/d/e/n; done"),
        Story(
            "D07 swap two folders", before: "mkdir root/a root/b; echo > root/a/m; echo > root/b/n",
            then: "mv root/a root/t; mv root/b root/a; mv root/t root/b; echo > root/a/o; echo > root/b/p"),
        Story(
            "D07 replace a folder by another", before: "mkdir root/a out/a; echo > root/a/m; echo > out/a/n",
            then: "mv root/a out/old; mv out/a root/a; echo > root/a/o"),
        Story("D08 a file becomes a folder", before: "echo > root/x", then: "rm root/x; mkdir root/x; echo > root/x/m"),
        Story(
            "D08 a folder becomes a file", before: "mkdir root/x; echo > root/x/m", then: "rm -r root/x; echo > root/x"),
        Story(
            "one name is the beginning of another", before: "mkdir root/a root/ab; echo > root/a/m; echo > root/ab/m",
            then: "rm -r root/a; echo > root/ab/n"),
        Story(
            "fast making and deleting",
            then:
                "for i in $(seq 30); do mkdir root/$i; echo > root/$i/m; rm -r root/$i; done; mkdir root/30; echo > root/30/m"
        ),
        Story(
            "moves among moves", before: "mkdir root/d1 root/d2; echo > root/d1/a",
            then: "cd root; mkdir d3; mv d1 d2 d3; mv d3/* .; mv d1 d2 d3; mv d3/* .; mv d1/a d2; echo > d1/b"),
        Story(
            "move deeper and up", before: "mkdir -p root/a/b/c; echo > root/a/b/c/m",
            then: "mv root/a/b/c root/c; mv root/a root/c/a; echo > root/c/a/b/n"),
        Story(
            "a folder under a temporary name", then: "mkdir root/d.part; echo > root/d.part/m; mv root/d.part root/d"),
        Story(
            "a folder comes under a temporary name", before: "mkdir root/d; echo > root/d/m",
            then: "mv root/d root/d.part; echo > root/d.part/n"),
        // Links and other things.
        Story("D10 a link to a file inside", before: "mkdir root/d; echo > root/d/m", then: "ln -s d/m root/l"),
        Story("D10 a link to a file outside", before: "echo > out/m", then: "ln -s ../out/m root/l"),
        Story("D10 a link that leads out and in again", before: "echo > root/m", then: "ln -s ../root/m root/l"),
        Story(
            "D10 a file becomes a link that leads out", before: "echo > root/m; echo > out/m",
            then: "rm root/m; ln -s ../out/m root/m"),
        Story(
            "D10 links to folders", before: "mkdir root/d out/d; echo > root/d/m; echo > out/d/m",
            then: "ln -s d root/l; ln -s ../out/d root/k"),
        Story(
            "D10 a folder becomes a link to itself elsewhere", before: "mkdir root/foo; echo > root/foo/m",
            then: "cd root; mv foo bar; ln -s bar foo; echo > bar/n"),
        Story(
            "D10 loops", then: "ln -s . root/a; ln -s ../root root/b; ln -s c root/c; mkdir root/d; ln -s .. root/d/e"),
        Story("D10 dangling, then not", then: "ln -s m root/l; echo > root/n; ln -sf n root/l"),
        Story("a fifo", then: "mkfifo root/p; echo > root/m"),
    ]
}
