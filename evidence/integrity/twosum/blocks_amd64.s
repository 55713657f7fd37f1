// Two SHA-256 states at once on processors with the SHA instructions. The
// instructions of one state wait for each other; those of two states fill the
// gaps. The steps are those of FIPS 180-4, four rounds at a time.

#include "textflag.h"

DATA rounds<>+0(SB)/8, $0x71374491428a2f98
DATA rounds<>+8(SB)/8, $0xe9b5dba5b5c0fbcf
DATA rounds<>+16(SB)/8, $0x59f111f13956c25b
DATA rounds<>+24(SB)/8, $0xab1c5ed5923f82a4
DATA rounds<>+32(SB)/8, $0x12835b01d807aa98
DATA rounds<>+40(SB)/8, $0x550c7dc3243185be
DATA rounds<>+48(SB)/8, $0x80deb1fe72be5d74
DATA rounds<>+56(SB)/8, $0xc19bf1749bdc06a7
DATA rounds<>+64(SB)/8, $0xefbe4786e49b69c1
DATA rounds<>+72(SB)/8, $0x240ca1cc0fc19dc6
DATA rounds<>+80(SB)/8, $0x4a7484aa2de92c6f
DATA rounds<>+88(SB)/8, $0x76f988da5cb0a9dc
DATA rounds<>+96(SB)/8, $0xa831c66d983e5152
DATA rounds<>+104(SB)/8, $0xbf597fc7b00327c8
DATA rounds<>+112(SB)/8, $0xd5a79147c6e00bf3
DATA rounds<>+120(SB)/8, $0x1429296706ca6351
DATA rounds<>+128(SB)/8, $0x2e1b213827b70a85
DATA rounds<>+136(SB)/8, $0x53380d134d2c6dfc
DATA rounds<>+144(SB)/8, $0x766a0abb650a7354
DATA rounds<>+152(SB)/8, $0x92722c8581c2c92e
DATA rounds<>+160(SB)/8, $0xa81a664ba2bfe8a1
DATA rounds<>+168(SB)/8, $0xc76c51a3c24b8b70
DATA rounds<>+176(SB)/8, $0xd6990624d192e819
DATA rounds<>+184(SB)/8, $0x106aa070f40e3585
DATA rounds<>+192(SB)/8, $0x1e376c0819a4c116
DATA rounds<>+200(SB)/8, $0x34b0bcb52748774c
DATA rounds<>+208(SB)/8, $0x4ed8aa4a391c0cb3
DATA rounds<>+216(SB)/8, $0x682e6ff35b9cca4f
DATA rounds<>+224(SB)/8, $0x78a5636f748f82ee
DATA rounds<>+232(SB)/8, $0x8cc7020884c87814
DATA rounds<>+240(SB)/8, $0xa4506ceb90befffa
DATA rounds<>+248(SB)/8, $0xc67178f2bef9a3f7
GLOBL rounds<>(SB), NOPTR|RODATA, $256

DATA flip<>+0(SB)/8, $0x0405060700010203
DATA flip<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL flip<>(SB), NOPTR|RODATA, $16

// LOAD brings a state h at p into the order of the instructions: s0 = ABEF, s1 = CDGH.
#define LOAD(p, s0, s1) \
	MOVOU (p), X13; \
	MOVOU 16(p), s1; \
	PSHUFD $0xb1, X13, X13; \
	PSHUFD $0x1b, s1, s1; \
	MOVO X13, s0; \
	PALIGNR $8, s1, s0; \
	PBLENDW $0xf0, X13, s1

// STORE writes it back.
#define STORE(p, s0, s1) \
	PSHUFD $0x1b, s0, X13; \
	PSHUFD $0xb1, s1, s1; \
	MOVO X13, s0; \
	PBLENDW $0xf0, s1, s0; \
	PALIGNR $8, X13, s1; \
	MOVOU s0, (p); \
	MOVOU s1, 16(p)

// READ takes sixteen bytes of the message.
#define READ(p, off, m) \
	MOVOU off(p), m; \
	PSHUFB X14, m

// FOUR does four rounds with the words in m.
#define FOUR(k, m, s0, s1) \
	MOVOU (k*16)(AX), X0; \
	PADDL m, X0; \
	SHA256RNDS2 X0, s0, s1; \
	PSHUFD $0x0e, X0, X0; \
	SHA256RNDS2 X0, s1, s0

// NEXT makes the words after cur; FIRST is the half of it that is done early.
#define NEXT(cur, prev, next) \
	MOVO cur, X13; \
	PALIGNR $4, prev, X13; \
	PADDL X13, next; \
	SHA256MSG2 cur, next

#define FIRST(cur, prev) SHA256MSG1 cur, prev

// func blocks(a *[8]uint32, p *byte, b *[8]uint32, q *byte, n int)
TEXT ·blocks(SB), NOSPLIT, $64-40
	MOVQ a+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ q+24(FP), R9
	MOVQ n+32(FP), CX
	LEAQ rounds<>(SB), AX
	MOVOU flip<>(SB), X14
	LOAD(DI, X1, X2)
	LOAD(R8, X7, X8)

loop:
	MOVOU X1, 0(SP)
	MOVOU X2, 16(SP)
	MOVOU X7, 32(SP)
	MOVOU X8, 48(SP)
	READ(SI, 0, X3)
	FOUR(0, X3, X1, X2)
	READ(R9, 0, X9)
	FOUR(0, X9, X7, X8)
	READ(SI, 16, X4)
	FOUR(1, X4, X1, X2)
	FIRST(X4, X3)
	READ(R9, 16, X10)
	FOUR(1, X10, X7, X8)
	FIRST(X10, X9)
	READ(SI, 32, X5)
	FOUR(2, X5, X1, X2)
	FIRST(X5, X4)
	READ(R9, 32, X11)
	FOUR(2, X11, X7, X8)
	FIRST(X11, X10)
	READ(SI, 48, X6)
	FOUR(3, X6, X1, X2)
	NEXT(X6, X5, X3)
	FIRST(X6, X5)
	READ(R9, 48, X12)
	FOUR(3, X12, X7, X8)
	NEXT(X12, X11, X9)
	FIRST(X12, X11)
	FOUR(4, X3, X1, X2)
	NEXT(X3, X6, X4)
	FIRST(X3, X6)
	FOUR(4, X9, X7, X8)
	NEXT(X9, X12, X10)
	FIRST(X9, X12)
	FOUR(5, X4, X1, X2)
	NEXT(X4, X3, X5)
	FIRST(X4, X3)
	FOUR(5, X10, X7, X8)
	NEXT(X10, X9, X11)
	FIRST(X10, X9)
	FOUR(6, X5, X1, X2)
	NEXT(X5, X4, X6)
	FIRST(X5, X4)
	FOUR(6, X11, X7, X8)
	NEXT(X11, X10, X12)
	FIRST(X11, X10)
	FOUR(7, X6, X1, X2)
	NEXT(X6, X5, X3)
	FIRST(X6, X5)
	FOUR(7, X12, X7, X8)
	NEXT(X12, X11, X9)
	FIRST(X12, X11)
	FOUR(8, X3, X1, X2)
	NEXT(X3, X6, X4)
	FIRST(X3, X6)
	FOUR(8, X9, X7, X8)
	NEXT(X9, X12, X10)
	FIRST(X9, X12)
	FOUR(9, X4, X1, X2)
	NEXT(X4, X3, X5)
	FIRST(X4, X3)
	FOUR(9, X10, X7, X8)
	NEXT(X10, X9, X11)
	FIRST(X10, X9)
	FOUR(10, X5, X1, X2)
	NEXT(X5, X4, X6)
	FIRST(X5, X4)
	FOUR(10, X11, X7, X8)
	NEXT(X11, X10, X12)
	FIRST(X11, X10)
	FOUR(11, X6, X1, X2)
	NEXT(X6, X5, X3)
	FIRST(X6, X5)
	FOUR(11, X12, X7, X8)
	NEXT(X12, X11, X9)
	FIRST(X12, X11)
	FOUR(12, X3, X1, X2)
	NEXT(X3, X6, X4)
	FIRST(X3, X6)
	FOUR(12, X9, X7, X8)
	NEXT(X9, X12, X10)
	FIRST(X9, X12)
	FOUR(13, X4, X1, X2)
	NEXT(X4, X3, X5)
	FOUR(13, X10, X7, X8)
	NEXT(X10, X9, X11)
	FOUR(14, X5, X1, X2)
	NEXT(X5, X4, X6)
	FOUR(14, X11, X7, X8)
	NEXT(X11, X10, X12)
	FOUR(15, X6, X1, X2)
	FOUR(15, X12, X7, X8)

	MOVOU 0(SP), X13
	PADDL X13, X1
	MOVOU 16(SP), X13
	PADDL X13, X2
	MOVOU 32(SP), X13
	PADDL X13, X7
	MOVOU 48(SP), X13
	PADDL X13, X8
	ADDQ $64, SI
	ADDQ $64, R9
	DECQ CX
	JNZ loop

	STORE(DI, X1, X2)
	STORE(R8, X7, X8)
	RET

// func cpuid(leaf, sub uint32) (eax, ebx, ecx uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-20
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, eax+8(FP)
	MOVL BX, ebx+12(FP)
	MOVL CX, ecx+16(FP)
	RET
