// Checks a published log of Ikrar with Go's own checksum-database libraries: golang.org/x/mod/sumdb/note opens the checkpoint,
// sumdb/tlog checks tiles, inclusion and consistency. Nothing of Ikrar's code is used; docs/format.md is all that is known here.
//
//	export GO111MODULE=off GOPATH=/usr/share/gocode     # Debian: golang-go, golang-golang-x-mod-dev
//	go run log.go [-index N] [-since CHECKPOINT] DIR|URL LOG.VKEY
//	go run log.go -strict tests/vectors/strict.json
//
// Checked: the log's signature under the checkpoint (cosignatures of keys not given are skipped); every tile against the root;
// every entry against its leaf; the root, computed anew from the entries; `prev` and `at` of every entry; genesis; every
// person's signature, strictly; an inclusion proof; with -since, that the log grew from a checkpoint kept earlier.
// Not checked: officers' signatures, rosters, windows, counts (`ikrar audit`), whose label it is, and when (witnesses).
//
// Exit code: 0 valid, 1 not valid, 2 usage, 3 cannot tell.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height   = 8           // a full tile has 2^8 hashes
	width    = 1 << height // and a full bundle as many entries
	fileMax  = 17 << 20    // a full bundle of the largest entries, and some room
	sizeMax  = 1 << 40     // so that no sum below overflows
	patience = time.Minute // for one request
)

// A lack is something that could not be read: it says nothing about the log.
type lack struct{ error }

func main() {
	index := flag.Int64("index", -1, "also prove that this entry is in the tree (default: the last)")
	since := flag.String("since", "", "a checkpoint of this log kept from earlier")
	strict := flag.String("strict", "", "judge the signatures of a file of test vectors instead")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: log.go [-index N] [-since CHECKPOINT] DIR|URL LOG.VKEY\n       log.go -strict VECTORS")
	}
	flag.Parse()
	var err error
	switch {
	case *strict != "" && flag.NArg() == 0:
		err = judgeVectors(*strict)
	case *strict == "" && flag.NArg() == 2:
		err = check(place(flag.Arg(0)), flag.Arg(1), *since, *index)
	default:
		flag.Usage()
		os.Exit(2)
	}
	var missing lack
	switch {
	case err == nil:
		fmt.Println("VALID")
	case errors.As(err, &missing):
		fmt.Println("CANNOT TELL", err)
		os.Exit(3)
	default:
		fmt.Println("NOT VALID", err)
		os.Exit(1)
	}
}

func check(log place, vkeyFile, sinceFile string, index int64) error {
	vkey, verifiers, err := logKey(vkeyFile)
	if err != nil {
		return err
	}
	origin := vkey[:strings.Index(vkey, "+")]
	msg, err := log.read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(msg, origin, verifiers)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	fmt.Printf("checkpoint %s: %d entries, root %s\n", origin, tree.N, tree.Hash)
	hashes := tlog.TileHashReader(tree, &tiles{log})
	if err := checkEntries(log, tree, hashes, origin, vkey); err != nil {
		return err
	}
	if sinceFile != "" {
		if err := checkGrowth(sinceFile, tree, hashes, origin, verifiers); err != nil {
			return err
		}
	}
	if index < 0 {
		index = tree.N - 1
	}
	return checkInclusion(log, tree, hashes, index)
}

// logKey reads a verifier key. Go's library accepts a key of small order, under which one signature fits any text.
func logKey(file string) (string, note.Verifiers, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", nil, lack{err}
	}
	vkey := strings.TrimSpace(string(text))
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", nil, fmt.Errorf("log key: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(vkey[strings.Index(vkey, "+")+10:])
	if err != nil || len(key) != 33 || !strong(key[1:]) {
		return "", nil, errors.New("log key: weak or malformed")
	}
	return vkey, note.VerifierList(verifier), nil
}

// openCheckpoint opens a note and reads the three lines of a tlog-checkpoint.
func openCheckpoint(msg []byte, origin string, verifiers note.Verifiers) (tree tlog.Tree, err error) {
	opened, err := note.Open(msg, verifiers)
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != origin {
		return tree, errors.New("not the three lines of this log's checkpoint")
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 1 || tree.N > sizeMax || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, errors.New("a size that is none, or an empty log")
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// checkEntries reads every bundle, compares each entry with its published leaf and its neighbour, and computes the root anew.
func checkEntries(log place, tree tlog.Tree, published tlog.HashReader, origin, vkey string) error {
	var stored hashes
	chain := chain{origin: origin, vkey: vkey}
	for number := int64(0); number*width < tree.N; number++ {
		entries, err := log.bundle(number, tree.N)
		if err != nil {
			return err
		}
		places := make([]int64, len(entries))
		for i := range entries {
			places[i] = tlog.StoredHashIndex(0, number*width+int64(i))
		}
		leaves, err := published.ReadHashes(places)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			index := number*width + int64(i)
			if tlog.RecordHash(entry) != leaves[i] {
				return fmt.Errorf("entry %d does not have the leaf hash that is published for it", index)
			}
			more, err := tlog.StoredHashes(index, entry, &stored)
			if err != nil {
				return err
			}
			stored = append(stored, more...)
			if err := chain.next(entry); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	root, err := tlog.TreeHash(tree.N, &stored)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the entries lead to the root %s, the checkpoint says %s", root, tree.Hash)
	}
	if !chain.keyNamed {
		return errors.New("neither genesis nor a logkey entry names the log key that was given")
	}
	fmt.Printf("entries %d: leaves, prev, at and root agree; %d signatures verify strictly\n", tree.N, chain.signatures)
	return nil
}

func checkGrowth(file string, tree tlog.Tree, r tlog.HashReader, origin string, verifiers note.Verifiers) error {
	msg, err := os.ReadFile(file)
	if err != nil {
		return lack{err}
	}
	old, err := openCheckpoint(msg, origin, verifiers)
	if err != nil {
		return lack{fmt.Errorf("the checkpoint kept from earlier: %w", err)}
	}
	if old.N > tree.N {
		return fmt.Errorf("fork: the log had %d entries before and has %d now", old.N, tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, r)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("fork: another root at size %d was signed before: %w", old.N, err)
	}
	fmt.Printf("growth from %d entries: consistent\n", old.N)
	return nil
}

func checkInclusion(log place, tree tlog.Tree, r tlog.HashReader, index int64) error {
	if index >= tree.N {
		return lack{fmt.Errorf("there is no entry %d", index)}
	}
	proof, err := tlog.ProveRecord(tree.N, index, r)
	if err != nil {
		return err
	}
	entries, err := log.bundle(index/width, tree.N)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(entries[index%width])
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
		return fmt.Errorf("entry %d: %w", index, err)
	}
	fmt.Printf("entry %d: included, by a proof of %d hashes\n", index, len(proof))
	return nil
}

// A chain follows the entries (docs/format.md, section 3).
type chain struct {
	origin, vkey string
	last         tlog.Hash
	at           int64
	size         int64
	signatures   int64
	keyNamed     bool
}

func (c *chain) next(entry []byte) error {
	if !bytes.HasSuffix(entry, []byte("\n")) {
		return errors.New("not lines")
	}
	lines := strings.Split(strings.TrimSuffix(string(entry), "\n"), "\n")
	if len(lines) < 4 || lines[0] != "ikrar/entry/v1" {
		return errors.New("not an entry of version 1")
	}
	kind, prev, at := value(lines[1], "kind"), value(lines[2], "prev"), value(lines[3], "at")
	if prev != hex.EncodeToString(c.last[:]) {
		return errors.New("prev is not the leaf hash of the entry before")
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || seconds%60 != 0 || strconv.FormatInt(seconds, 10) != at {
		return errors.New("at is not a whole minute")
	}
	if seconds < c.at {
		return errors.New("its time lies before that of the entry before")
	}
	if (kind == "genesis") != (c.size == 0) {
		return errors.New("genesis stands first and only there")
	}
	switch own := lines[4:]; kind {
	case "genesis":
		if find(own, "origin") != c.origin {
			return errors.New("genesis names another log")
		}
		c.keyNamed = find(own, "vkey") == c.vkey
	case "logkey":
		c.keyNamed = c.keyNamed || find(own, "vkey") == c.vkey
	case "signature":
		if err := checkSignature(own, c.origin); err != nil {
			return err
		}
		c.signatures++
	}
	c.last, c.at, c.size = tlog.RecordHash(entry), seconds, c.size+1
	return nil
}

// checkSignature verifies a person's signature over the statement in the entry. That an entry with a bad one makes the log
// wrong is this program's own severity: a log of Ikrar never lets one in.
func checkSignature(own []string, origin string) error {
	statement, err := base64.StdEncoding.DecodeString(find(own, "statement"))
	if err != nil {
		return errors.New("the statement is not base64")
	}
	lines := strings.Split(string(statement), "\n")
	if !ordered(lines, "ikrar/statement/v1", "origin", "election", "pact", "label", "commit", "key", "method", "after") {
		return errors.New("the statement is none")
	}
	if find(lines, "origin") != origin || find(lines, "election") != find(own, "election") {
		return errors.New("the statement is of another log or election")
	}
	key, err1 := base64.StdEncoding.DecodeString(find(lines, "key"))
	signature, err2 := base64.StdEncoding.DecodeString(find(own, "signature"))
	if err1 != nil || err2 != nil || !verify(key, statement, signature) {
		return errors.New("the person's signature does not verify strictly")
	}
	return nil
}

// ordered says that the lines have exactly these keys, and that the last line ends.
func ordered(lines []string, keys ...string) bool {
	if len(lines) != len(keys)+1 || lines[0] != keys[0] || lines[len(keys)] != "" {
		return false
	}
	for i, key := range keys[1:] {
		if value(lines[i+1], key) == "" {
			return false
		}
	}
	return true
}

func value(line, key string) string {
	if rest := strings.TrimPrefix(line, key+" "); rest != line {
		return rest
	}
	return ""
}

func find(lines []string, key string) string {
	for _, line := range lines {
		if found := value(line, key); found != "" {
			return found
		}
	}
	return ""
}

var (
	prime, _ = new(big.Int).SetString("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", 16)
	// y of a point of order 8; its negative is the other.
	order8, _ = new(big.Int).SetString("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16)
)

// strong says that a point is canonical (y below the prime) and not of small order (y is none of 1, -1, 0 and the two of order 8).
func strong(point []byte) bool {
	if len(point) != 32 {
		return false
	}
	y := new(big.Int)
	for i := 31; i >= 0; i-- {
		y.Lsh(y, 8).Or(y, big.NewInt(int64(point[i])))
	}
	y.SetBit(y, 255, 0)
	one := big.NewInt(1)
	minus := new(big.Int).Sub(prime, one)
	other8 := new(big.Int).Sub(prime, order8)
	return y.Cmp(one) > 0 && y.Cmp(minus) < 0 && y.Cmp(order8) != 0 && y.Cmp(other8) != 0
}

// verify is strict Ed25519. Go's own checks that s is reduced and compares R byte by byte, and lets small orders through.
func verify(key, message, signature []byte) bool {
	return strong(key) && len(signature) == 64 && strong(signature[:32]) && ed25519.Verify(key, message, signature)
}

func judgeVectors(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return lack{err}
	}
	type group struct {
		Cases []struct{ Name, Key, Message, Signature string }
	}
	var vectors struct{ Accepted, Refused group }
	if err := json.Unmarshal(text, &vectors); err != nil {
		return lack{err}
	}
	if len(vectors.Accepted.Cases) == 0 || len(vectors.Refused.Cases) == 0 {
		return lack{errors.New("no vectors")}
	}
	for expected, cases := range map[bool]group{true: vectors.Accepted, false: vectors.Refused} {
		for _, c := range cases.Cases {
			key, err1 := base64.StdEncoding.DecodeString(c.Key)
			signature, err2 := base64.StdEncoding.DecodeString(c.Signature)
			message, err3 := hex.DecodeString(c.Message)
			if err1 != nil || err2 != nil || err3 != nil || verify(key, message, signature) != expected {
				return fmt.Errorf("vector %q: expected %v", c.Name, expected)
			}
		}
	}
	fmt.Printf("%d accepted, %d refused\n", len(vectors.Accepted.Cases), len(vectors.Refused.Cases))
	return nil
}

// A place is where the log is published: a folder, or an address.
type place string

func (p place) read(name string) ([]byte, error) {
	var body io.Reader
	if strings.HasPrefix(string(p), "http://") || strings.HasPrefix(string(p), "https://") {
		client := http.Client{Timeout: patience}
		answer, err := client.Get(strings.TrimSuffix(string(p), "/") + "/" + name)
		if err != nil {
			return nil, lack{err}
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, lack{fmt.Errorf("%s: %s", name, answer.Status)}
		}
		body = answer.Body
	} else {
		file, err := os.Open(filepath.Join(string(p), name))
		if err != nil {
			return nil, lack{err}
		}
		defer file.Close()
		body = file
	}
	data, err := io.ReadAll(io.LimitReader(body, fileMax+1))
	if err != nil {
		return nil, lack{err}
	}
	if len(data) > fileMax {
		return nil, fmt.Errorf("%s is larger than any file of a log", name)
	}
	return data, nil
}

// fullOrPartial reads a tile or bundle of a width; where the partial one is gone, its full one has replaced it.
func (p place) fullOrPartial(full string, w int) (data []byte, found int, err error) {
	if w < width {
		if data, err = p.read(fmt.Sprintf("%s.p/%d", full, w)); err == nil {
			return data, w, nil
		}
	}
	if data, whole := p.read(full); whole == nil {
		return data, width, nil
	} else if w == width {
		err = whole
	}
	return nil, 0, err
}

// bundle gives the entries of a bundle: each with its length before it, in two bytes.
func (p place) bundle(number, size int64) ([][]byte, error) {
	want := int(size - number*width)
	if want > width {
		want = width
	}
	name := "tile/entries/" + groups(number)
	data, found, err := p.fullOrPartial(name, want)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := 2 + int(binary.BigEndian.Uint16(data))
		if length > len(data) {
			break
		}
		entries, data = append(entries, data[2:length]), data[length:]
	}
	if len(data) != 0 || len(entries) != found {
		return nil, fmt.Errorf("%s does not hold %d entries", name, found)
	}
	return entries[:want], nil
}

// groups writes a number as C2SP tlog-tiles does: 1234067 is x001/x234/067.
func groups(number int64) string {
	text := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		text = fmt.Sprintf("x%03d/%s", number%1000, text)
	}
	return text
}

// tiles reads hash tiles for tlog, which checks them against the root.
type tiles struct{ log place }

func (t *tiles) Height() int                                { return height }
func (t *tiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		name := fmt.Sprintf("tile/%d/%s", tile.L, groups(tile.N))
		data, found, err := t.log.fullOrPartial(name, tile.W)
		if err != nil {
			return nil, err
		}
		if len(data) != found*tlog.HashSize {
			return nil, fmt.Errorf("%s does not hold %d hashes", name, found)
		}
		all = append(all, data[:tile.W*tlog.HashSize])
	}
	return all, nil
}

// hashes are what this program computed itself, in tlog's order.
type hashes []tlog.Hash

func (h *hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(*h)) {
			return nil, fmt.Errorf("hash %d is not there yet", index)
		}
		found = append(found, (*h)[index])
	}
	return found, nil
}
